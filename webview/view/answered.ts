// Views of numbers that one question answers: from the answer to what they draw, and what stands there until it has come.

import { html, type TemplateResult } from 'lit';
import { type PackQuestion, questionName } from '../../src/core/question';
import type { TensorPack } from '../../src/core/tensorPack';
import type { PictureState, WeightPicture } from '../../src/reading/picture';
import type { Shown } from '../../src/reading/shown';
import { refusedPicture } from './refusedPicture';

/** What the question was answered with; undefined while it is on its way. */
export interface Answered<T> {
  readonly picture: PictureState;
  readonly value: T | undefined;
  /** Why it cannot be had. */
  readonly reason?: string;
}

/** Reads an answer once, however often it is drawn: what hangs on it need not be drawn anew. */
export function readOnce<T>(read: (pack: TensorPack) => T | undefined): (pack: TensorPack) => T | undefined {
  const known = new WeakMap<TensorPack, T>();
  return (pack) => {
    const value = known.get(pack) ?? read(pack);
    if (value !== undefined) known.set(pack, value as T & WeakKey);
    return value;
  };
}

export function answered<T>({ picture, answers }: Shown, question: PackQuestion | undefined, read: (pack: TensorPack) => T | undefined): Answered<T> {
  const answer = question && answers.get(questionName(question));
  if (answer?.state === 'failed') return { picture, value: undefined, reason: answer.reason };
  return { picture, value: answer?.state === 'ready' ? read(answer.pack) : undefined };
}

/** Draws the value over its picture; in its place the reason, or that it is being read. */
export function drawAnswered<T>({ picture, value, reason }: Answered<T>, draw: (picture: WeightPicture, value: T) => TemplateResult): TemplateResult {
  if (picture.state === 'refused') return refusedPicture(picture);
  if (picture.state === 'ready' && reason !== undefined) return refusedPicture({ state: 'refused', picture: picture.picture, reason });
  if (picture.state !== 'ready' || value === undefined)
    return html`<section class="map-view"><p class="note" role="status">Reading the numbers …</p></section>`;
  return draw(picture.picture, value);
}
