// The command line: parses, starts the engine, runs one command, says what failed in one line and exits with its status.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wantsNative } from '../core/engineName';
import { fileReason } from '../core/files/fileReason';
import { type Problem, ProblemError, printable, problem } from '../core/problem';
import { captureCommand } from './commands/captureCommand.node';
import type { CommandContext } from './commands/commandContext';
import { commands, helpText } from './commands/commandLine';
import { describeCommand } from './commands/describeCommand.node';
import { diffCommand } from './commands/diffCommand.node';
import { headsCommand } from './commands/headsCommand.node';
import { type ParsedCommand, parseCommand } from './commands/parseCommand.node';
import { stepsCommand } from './commands/stepsCommand.node';
import { tokenizeCommand } from './commands/tokenizeCommand.node';
import { wayOut } from './commands/wayOut';
import { engineWishes } from './engineWish';
import { startEngine } from './startEngine.node';

const runs: Readonly<Record<string, (context: CommandContext) => Promise<void>>> = {
  describe: describeCommand,
  tokenize: tokenizeCommand,
  capture: captureCommand,
  heads: headsCommand,
  steps: stepsCommand,
  diff: diffCommand,
};
const internalError = 1;

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

const print = (text: string) => process.stdout.write(text);
const note = (line: string) => process.stderr.write(`${printable(line)}\n`);
const running = commands.find(({ name }) => name === process.argv[2]);
const said = (problem: Problem) => `${problem.message} ${wayOut(problem, running)}`.replace(/\s*\n\s*/g, ' ');

/** `help` as the command, --help anywhere but in the place of a text. */
function wantsHelp(args: readonly string[]): boolean {
  const isAsked = (arg: string, i: number) => (arg === '--help' || arg === '-h') && !/^--(text|pair|target)$/.test(args[i - 1] ?? '');
  return args[0] === 'help' || args.some(isAsked);
}

/** Who reads our output may have heard enough (`| head`): that is no failure. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`${said(problem('fileNotWritten', { path: '(standard output)', reason: fileReason(error) }))}\n`);
  process.exit(4);
}

async function run(args: readonly string[]): Promise<void> {
  if (wantsHelp(args)) return void print(helpText(args[0]));
  if (args[0] === '--version') return void print(`${versionOf()}\n`);
  const parsed = parseCommand(args);
  const wishes = engineWishes(parsed.values);
  const brokenOff = await runOn(parsed, wishes);
  if (brokenOff === undefined) return;
  // A command writes its answer at its end: until then it may begin anew.
  const whyNotNative = `it broke off (${brokenOff.message.replace(/^The/, 'the').replace(/\.$/, '')})`;
  note('The native runtime broke off; WebAssembly runs the command again.');
  await runOn(parsed, { wish: { ...wishes.wish, whyNotNative }, otherWish: { ...wishes.otherWish, whyNotNative } });
}

/** Runs the command; gives why the native runtime took the engine with it. */
async function runOn({ command, values, repeated }: ParsedCommand, wishes: ReturnType<typeof engineWishes>): Promise<Error | undefined> {
  const mayBreak = wantsNative(wishes.wish) || wantsNative(wishes.otherWish);
  const { engine, failure } = startEngine(__dirname, { isApart: mayBreak });
  try {
    const context: CommandContext = { values, repeated, engine, ...wishes, print, note, bundledFolder: join(__dirname, '..', 'models'), version: versionOf() };
    await runs[command.name]?.(context);
  } catch (error) {
    const reason = failure();
    if (reason && mayBreak) return reason;
    throw reason ?? error;
  } finally {
    engine.close();
  }
  return undefined;
}

/** Ends as soon as what was written is taken: V8 would first compile what it meant to, though nobody will run it. */
function end(status: number): void {
  process.stderr.write('', () => process.stdout.write('', () => process.exit(status)));
}

process.stdout.on('error', endWithReader);
run(process.argv.slice(2)).then(
  () => end(0),
  (error: unknown) => {
    const isExpected = error instanceof ProblemError;
    process.stderr.write(
      `${isExpected ? said(error.problem) : `Internal error: ${printable(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))}`}\n`,
    );
    end(isExpected ? error.problem.exitStatus : internalError);
  },
);
