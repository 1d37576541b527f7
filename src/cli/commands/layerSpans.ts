// Numbers of layers, in words.

/** `0–3, 5` of ascending numbers. */
export function layerSpans(layers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < layers.length; i++) {
    const start = i;
    while (layers[i + 1] === (layers[i] as number) + 1) i++;
    parts.push(start === i ? `${layers[i]}` : `${layers[start]}–${layers[i]}`);
  }
  return parts.join(', ');
}
