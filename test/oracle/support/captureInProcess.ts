// The command `capture` in this process, as a person runs it: its arguments, its file, what it prints, its exit status. Only the worker is left out.

import path from 'node:path';
import { captureCommand } from '../../../src/cli/commands/captureCommand.node';
import { parseCommand } from '../../../src/cli/commands/parseCommand.node';
import { outcomeOf } from '../../../src/core/problem';
import type { ExitStatus } from '../../../src/core/problems/entry';
import { connect, type Port, serve } from '../../../src/protocol/channel';
import type { EngineApi } from '../../../src/protocol/engineApi';
import { engineInProcess } from './inProcess';

const bundledFolder = path.resolve(import.meta.dirname, '../../../models');

export interface Finished {
  /** 1: an error that nobody expected. */
  readonly status: 0 | 1 | ExitStatus;
  readonly output: string;
  readonly errors: string;
}

/** Two ends of a pipe inside this process; messages are copied, as a worker's are. */
function pipe(): [Port, Port] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (own: 0 | 1): Port => ({
    post: (message, transfer = []) => {
      const copy = structuredClone(message, { transfer: [...transfer] });
      queueMicrotask(() => {
        for (const listener of listeners[1 - own] ?? []) listener(copy);
      });
    },
    onMessage: (listener) => listeners[own]?.push(listener),
    onClose: () => undefined,
    close: () => undefined,
  });
  return [end(0), end(1)];
}

/** Runs `capture` with these arguments. Models stay loaded until the engine is collected: they are small here. */
export async function captureInProcess(args: readonly string[]): Promise<Finished> {
  const [near, far] = pipe();
  serve<EngineApi>(far, engineInProcess());
  let output = '';
  const print = (text: string) => {
    output += text;
  };
  try {
    const outcome = await outcomeOf(async () => {
      const parsed = parseCommand(['capture', ...args]);
      await captureCommand({
        ...parsed,
        engine: connect<EngineApi>(near),
        wish: { choice: 'wasm' },
        otherWish: { choice: 'wasm' },
        print,
        note: print,
        bundledFolder,
        version: '0',
      });
    });
    if (outcome.ok) return { status: 0, output, errors: '' };
    const { message, hint, exitStatus } = outcome.problem;
    return { status: exitStatus, output, errors: `${message} ${hint}`.replace(/\s*\n\s*/g, ' ') };
  } catch (error) {
    return { status: 1, output, errors: `Internal error: ${error instanceof Error ? error.message : String(error)}` };
  }
}
