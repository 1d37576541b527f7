// The log: what was loaded and run, how long it took, and every failure. Texts are not written into it.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import type { Problem } from '../../core/problem';
import type { Subject } from '../../core/subject';
import { runLine } from './runLine';
import type { Surface } from './surface';

export class Log implements Surface, vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel('Transformer Inspector', { log: true });
  private last: Subject | null = null;

  /** Writes down what is new in the subject. */
  show({ subjects: [subject] }: InspectionState): void {
    const last = this.last;
    this.last = subject;
    if (subject.model && subject.model !== last?.model) this.channel.info(`model ${subject.model.name}: ${subject.model.files.join(', ')}`);
    if (subject.run && subject.run.runId !== last?.run?.runId) this.channel.info(runLine(subject.run));
    // A check that came after the picture.
    else if (subject.run && subject.run.badge.state !== last?.run?.badge.state) this.channel.info(`run ${subject.run.runId}: ${subject.run.badge.state}`);
    if (subject.problem && subject.problem !== last?.problem) this.problem(subject.problem);
  }

  problem({ code, message }: Problem): void {
    this.channel.warn(`${code}: ${message}`);
  }

  error(error: unknown): void {
    this.channel.error(error instanceof Error ? error : String(error));
  }

  open(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
  }
}
