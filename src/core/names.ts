// The words of the product: towers, kinds and activations, and the keys built from them (see docs/numerics.md).
// Holds no numbers and no shapes beyond what the key itself says.

export const towers = ['encoder', 'decoder'] as const;
export type Tower = (typeof towers)[number];

export const kinds = ['self', 'cross'] as const;
export type Kind = (typeof kinds)[number];

/** Activations of one attention operation (a site). */
export const siteActivations = [
  'q', // [head, query, e] before rotary and any scale
  'k', // [kvHead, key, e]
  'v', // [kvHead, key, e]
  'rot_q', // [head, query, e] after rotary
  'rot_k', // [kvHead, key, e]
  'scores', // [head, query, key] what softmax receives
  'pattern', // [head, query, key] what softmax gives
  'z', // [head, query, e]
  'result', // [head, query, d] derived
  'attn_out', // [query, d]
] as const;
export type SiteActivation = (typeof siteActivations)[number];

/** Activations of one block (layer) of a tower. */
export const blockActivations = [
  'resid_pre', // [position, d]
  'resid_mid',
  'resid_post',
  'mlp_pre', // [position, ff]
  'mlp_post',
  'mlp_out', // [position, d]
] as const;
export type BlockActivation = (typeof blockActivations)[number];

/** Activations of a tower or of the whole model. */
export const modelActivations = ['embed', 'pos_embed', 'logits', 'last_hidden_state'] as const;
export type ModelActivation = (typeof modelActivations)[number];

export type Activation = SiteActivation | BlockActivation | ModelActivation;

export function isSiteActivation(name: string): name is SiteActivation {
  return (siteActivations as readonly string[]).includes(name);
}

export function isBlockActivation(name: string): name is BlockActivation {
  return (blockActivations as readonly string[]).includes(name);
}

export function isActivation(name: string): name is Activation {
  return isSiteActivation(name) || isBlockActivation(name) || (modelActivations as readonly string[]).includes(name);
}

/** Where a site stands: one attention operation of the model. Layers count from 0 in each tower. */
export interface SiteKey {
  readonly tower: Tower;
  readonly layer: number;
  readonly kind: Kind;
}

/** `encoder.0.self` */
export function siteName(site: SiteKey): string {
  return `${site.tower}.${site.layer}.${site.kind}`;
}

/** One captured tensor: the name it has in exported files comes from captureName. */
export interface CaptureKey {
  readonly activation: Activation;
  readonly tower?: Tower;
  readonly layer?: number;
  readonly kind?: Kind;
}

/** `encoder.0.self.pattern`, `encoder.0.resid_pre`, `encoder.embed`, `logits`. */
export function captureName(key: CaptureKey): string {
  return [key.tower, key.layer, key.kind, key.activation].filter((part) => part !== undefined).join('.');
}

/** `L3H5`; with several towers `D·L3H5×` (decoder, cross). */
export function headName(site: SiteKey, head: number, hasSeveralTowers: boolean): string {
  const plain = `L${site.layer}H${head}`;
  if (!hasSeveralTowers) return plain;
  return `${site.tower === 'encoder' ? 'E' : 'D'}·${plain}${site.kind === 'cross' ? '×' : ''}`;
}
