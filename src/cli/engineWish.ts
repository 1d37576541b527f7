// Which engines the options of a command ask for. Problem: usage.

import { type EngineWish, engineChoices } from '../core/engineName';
import { refuse } from '../core/problem';

type Values = ReadonlyMap<string, string>;

function choiceOf(values: Values, option: string): EngineWish['choice'] | undefined {
  const given = values.get(option);
  if (given === undefined) return undefined;
  return engineChoices.find((one) => one === given) ?? refuse('usage', { detail: `--${option} takes ${engineChoices.join(', ')}, not "${given}".` });
}

/** The engine of the command, and that of the second side of `diff` (the same one where it is not named). */
export function engineWishes(values: Values): { readonly wish: EngineWish; readonly otherWish: EngineWish } {
  const nativePath = values.get('native-path');
  const choice = choiceOf(values, 'engine') ?? 'wasm';
  const other = choiceOf(values, 'engine2') ?? choice;
  if (nativePath !== undefined && choice === 'wasm' && other === 'wasm') refuse('usage', { detail: '--native-path needs --engine native or auto.' });
  const where = nativePath === undefined ? {} : { nativePath };
  return { wish: { choice, ...where }, otherWish: { choice: other, ...where } };
}
