import { describe, expect, it } from 'vitest';
import { commands } from '../../../../src/cli/commands/commandLine';
import { optionsNamed, wayOut } from '../../../../src/cli/commands/wayOut';
import { problem, problemCodes } from '../../../../src/core/problem';

const rows = commands.flatMap((command) => problemCodes.map((code) => ({ command, name: command.name, code })));
const commandOf = (name: string) => commands.find((command) => command.name === name);

describe('what a failure says on the command line', () => {
  it.each(rows)('$name, $code: names no option of another command, and nothing of the editor', ({ command, code }) => {
    const failure = problem(code);
    const own = command.options.map(({ name }) => name);
    const said = `${failure.message} ${wayOut(failure, command)}`;
    expect(optionsNamed(said).filter((name) => !own.includes(name) && name !== 'help')).toEqual([]);
    if (code !== 'noEditor') expect(said).not.toMatch(/Inspect again|Show Log|Select/);
  });

  it.each([
    ['capture', 'siteRounded', 'Use the float32 file, or ask for the attention alone: --activations pattern,q,k,v,z.'],
    ['heads', 'siteRounded', 'Use the float32 file, or one of which only the weights are quantised.'],
    ['heads', 'textTooLong', 'Use a shorter text, or --truncate to use its first part.'],
    ['describe', 'outOfMemory', 'Use a quantised variant, or a shorter text.'],
    ['describe', 'whichOnnxFile', 'Choose one with --onnx-file: a--json.onnx, b.onnx.'],
    ['none', 'usage', 'The option --help lists the commands and their options.'],
  ] as const)('%s, %s: %s', (name, code, hint) => expect(wayOut(problem(code, { available: 'a--json.onnx, b.onnx' }), commandOf(name))).toBe(hint));
});
