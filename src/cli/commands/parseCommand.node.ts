// Arguments → command and option values, by the table of commands. Problem: usage.

import { parseArgs } from 'node:util';
import { refuse } from '../../core/problem';
import { type CommandRow, commands, type OptionRow } from './commandLine';

export interface ParsedCommand {
  readonly command: CommandRow;
  readonly values: ReadonlyMap<string, string>;
  /** Of options that may come more than once. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
}

/** `--json` without a value becomes `--json=`, as parseArgs knows no optional values. */
function withOptionalValues(args: readonly string[], options: readonly OptionRow[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const isOptional = options.some((row) => row.isValueOptional && arg === `--${row.name}`);
    const next = args[i + 1];
    if (!isOptional) result.push(arg);
    else if (next === undefined || next.startsWith('--')) result.push(`${arg}=`);
    else {
      result.push(`${arg}=${next}`);
      i++;
    }
  }
  return result;
}

/** A value that begins with a dash is a text as any other: `--text -5` is joined before parsing. */
function withJoinedValues(args: readonly string[], options: readonly OptionRow[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const takesValue = options.some((row) => row.value && !row.isValueOptional && arg === `--${row.name}`);
    const next = args[i + 1];
    if (takesValue && next !== undefined) {
      result.push(`${arg}=${next}`);
      i++;
    } else result.push(arg);
  }
  return result;
}

/** Command and values; missing, unknown and doubled options are refused. */
export function parseCommand(args: readonly string[]): ParsedCommand {
  const [name, ...rest] = args;
  const command = commands.find((row) => row.name === name);
  if (!command) refuse('usage', { detail: name === undefined ? 'No command was given.' : `There is no command "${name}".` });
  const options = Object.fromEntries(
    command.options.map((row) => [row.name, { type: row.value ? ('string' as const) : ('boolean' as const), multiple: row.isRepeatable ?? false }]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    const args = withOptionalValues(withJoinedValues(rest, command.options), command.options);
    parsed = parseArgs({ args, options, allowPositionals: false, strict: true, tokens: true });
  } catch (error) {
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    refuse('usage', { detail: `${sentence.replace(/\.$/, '')}.` });
  }
  const given = (parsed.tokens ?? []).flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  const doubled = given.find((option, i) => given.indexOf(option) !== i && !command.options.some((row) => row.name === option && row.isRepeatable));
  if (doubled) refuse('usage', { detail: `--${doubled} was given twice.` });
  const [lists, singles] = [true, false].map((isList) => Object.entries(parsed.values).filter(([, value]) => Array.isArray(value) === isList));
  const values = new Map((singles ?? []).map(([key, value]) => [key, String(value)]));
  const repeated = new Map((lists ?? []).map(([key, value]) => [key, (value as readonly unknown[]).map(String)]));
  const missing = command.options.find((row) => row.isRequired && !values.has(row.name));
  if (missing) refuse('usage', { detail: `${command.name} needs --${missing.name} ${missing.value}.` });
  return { command, values, repeated };
}
