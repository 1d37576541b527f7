// Text for XML, whatever it holds.

export interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly size: number;
  readonly font: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
}

/** A line of text whose base line stands at (x, y). */
export function svgText({ x, y, fill, size, font, anchor = 'start', isBold }: TextStyle, words: string): string {
  return `<text x="${short(x)}" y="${short(y)}" fill="${escaped(fill)}" font-size="${short(size)}" font-family="${escaped(font)}" text-anchor="${anchor}"${isBold ? ' font-weight="bold"' : ''} xml:space="preserve">${escaped(words)}</text>`;
}

/** A length to a hundredth of a pixel. */
export function short(length: number): string {
  return String(Number(length.toFixed(2)));
}

/** Text and values of attributes: markup escaped, characters that XML has no place for replaced. */
export function escaped(words: string): string {
  const allowed = words.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return allowed.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] as string);
}
