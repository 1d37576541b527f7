// A recorded scene made larger, for pictures of how much finds room: its layers and heads again and again, its tokens side by side as texts that do not
// read each other. What it shows is no model's; its rows still sum to 1.

interface Tensor {
  readonly dims: readonly number[];
  readonly base64: string;
}

interface Grown<Site, Token> {
  readonly sites: readonly Site[];
  readonly tokens: Readonly<Record<string, readonly Token[]>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

export interface Growth {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

interface SiteLike {
  readonly layer: number;
  readonly tower: string;
  readonly kind: string;
  readonly headCount: number;
  readonly kvHeadCount: number;
}

const floatsOf = (base64: string) => new Float32Array(Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)).buffer);

function base64Of(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** `12x12x96`: layers, heads, tokens. */
export function growthOf(text: string): Growth {
  const [layers = 1, heads = 1, tokens = 1] = text.split('x').map(Number);
  return { layers, heads, tokens };
}

/** The sites, tokens and tensors of a run with one list of tokens, grown. */
export function grown<Site extends SiteLike, Token>(
  run: { readonly sites: readonly Site[]; readonly tokens: Readonly<Record<string, readonly Token[]>> },
  tensors: Readonly<Record<string, Tensor>>,
  { layers, heads, tokens: count }: Growth,
): Grown<Site, Token> {
  const [first] = run.sites;
  const source = run.tokens.source ?? [];
  if (!first || source.length === 0) return { ...run, tensors };
  const made: Record<string, Tensor> = {};
  const sites = Array.from({ length: layers }, (_, layer) => {
    const from = run.sites[layer % run.sites.length] ?? first;
    for (const activation of ['pattern', 'scores']) {
      const tensor = tensors[`${from.tower}.${from.layer}.${from.kind}.${activation}`];
      if (tensor)
        made[`${from.tower}.${layer}.${from.kind}.${activation}`] = grownTensor(tensor, heads, count, activation === 'scores' ? Number.NEGATIVE_INFINITY : 0);
    }
    return { ...from, layer, headCount: heads, kvHeadCount: heads };
  });
  return { sites, tokens: { source: Array.from({ length: count }, (_, i) => source[i % source.length] as Token) }, tensors: made };
}

function grownTensor({ dims, base64 }: Tensor, heads: number, count: number, elsewhere: number): Tensor {
  const [headCount = 1, n = 1] = dims;
  const values = floatsOf(base64);
  const all = new Float32Array(heads * count * count).fill(elsewhere);
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < count; query++)
      for (let key = Math.floor(query / n) * n; key < Math.min(count, (Math.floor(query / n) + 1) * n); key++)
        all[(head * count + query) * count + key] = values[((head % headCount) * n + (query % n)) * n + (key % n)] ?? 0;
  return { dims: [heads, count, count], base64: base64Of(all) };
}
