// The command line: parses, starts the engine, runs one command, says what failed in one line and exits with its status.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, ProblemError } from '../core/problem';
import { captureCommand } from './captureCommand.node';
import type { CommandContext } from './commandContext';
import { helpText } from './commandLine';
import { describeCommand } from './describeCommand.node';
import { parseCommand } from './parseCommand.node';
import { startEngine } from './startEngine.node';
import { tokenizeCommand } from './tokenizeCommand.node';

const runs: Readonly<Record<string, (context: CommandContext) => Promise<void>>> = {
  describe: describeCommand,
  tokenize: tokenizeCommand,
  capture: captureCommand,
};
const internalError = 1;

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}

const print = (text: string) => process.stdout.write(text);
const said = (problem: Problem) => `${problem.message} ${problem.hint}`.replace(/\s*\n\s*/g, ' ');

async function run(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return void print(helpText());
  if (args[0] === '--version') return void print(`${versionOf()}\n`);
  const { command, values } = parseCommand(args);
  const { engine, failure } = startEngine(__dirname);
  try {
    const context: CommandContext = { values, engine, print, bundledFolder: join(__dirname, '..', 'models'), version: versionOf() };
    await runs[command.name]?.(context);
  } catch (error) {
    throw failure() ?? error;
  } finally {
    engine.close();
  }
}

run(process.argv.slice(2)).then(
  () => {
    process.exitCode = 0;
  },
  (error: unknown) => {
    const isExpected = error instanceof ProblemError;
    process.stderr.write(`${isExpected ? said(error.problem) : `Internal error: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`}\n`);
    process.exitCode = isExpected ? error.problem.exitStatus : internalError;
  },
);
