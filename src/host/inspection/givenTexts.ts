// What a user wrote for inputs of a model that take something else than the text: read for the engine, and kept per model.

import type { GivenTexts } from '../../core/subject';
import type { GivenInput, GivenInputs } from '../../protocol/givenInputs';
import { readGiven } from '../../protocol/readGiven';
import type { ModelReference } from './inspectionEngine';

/** The small part of a VS Code Memento that is used here. */
export interface Keeper {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const keeperKey = 'givenInputs';

/** The whole state goes to the panel at every change, so a text of this length is for files. */
const longestText = 200_000;

/** Why a field's text is no value; undefined: it is one, or empty. */
export function whyUnreadable(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  if (text.length > longestText) return `it has more than ${longestText.toLocaleString('en')} characters; the command line takes an .npy file`;
  const read = readGiven(text);
  return typeof read === 'string' ? read : undefined;
}

/** The texts with one more, or without it where `text` is empty. */
export function withGiven(texts: GivenTexts, input: string, text: string): GivenTexts {
  const others = Object.entries(texts).filter(([name]) => name !== input);
  return Object.fromEntries(text.trim() === '' ? others : [...others, [input, text.trim()]]);
}

/** For the engine; undefined where nothing is given. */
export function givenInputsOf(texts: GivenTexts): GivenInputs | undefined {
  const read = Object.entries(texts).map(([name, text]) => [name, readGiven(text)] as const);
  const values = read.filter((entry): entry is [string, GivenInput] => typeof entry[1] !== 'string');
  return values.length > 0 ? Object.fromEntries(values) : undefined;
}

/** The same for the same values, whatever their order. */
export function givenKey(texts: GivenTexts): string {
  return JSON.stringify(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keeps the texts of each model for this workspace. */
export class GivenMemory {
  constructor(private readonly keeper: Keeper) {}

  textsOf(reference: ModelReference): GivenTexts {
    const own = this.all()[reference];
    // Another version of the extension may have written it.
    const texts = typeof own === 'object' && own !== null ? Object.entries(own) : [];
    return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && whyUnreadable(entry[1]) === undefined));
  }

  keep(reference: ModelReference, texts: GivenTexts): void {
    if (givenKey(texts) === givenKey(this.textsOf(reference))) return;
    const { [reference]: _, ...others } = this.all();
    void this.keeper.update(keeperKey, Object.keys(texts).length > 0 ? { ...others, [reference]: texts } : others);
  }

  private all(): Readonly<Record<string, unknown>> {
    const stored = this.keeper.get(keeperKey);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  }
}
