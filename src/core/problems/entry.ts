// One row of the table of expected failures.

/** 2 wrong usage, 3 not supported or an identity failed, 4 bad input. */
export type ExitStatus = 2 | 3 | 4;

export interface ProblemEntry {
  readonly exitStatus: ExitStatus;
  /** `{name}` is replaced by the parameter of that name. */
  readonly message: string;
  /** A way out. On the command line it may name options. */
  readonly hint: string;
  /** The way out where the command that runs does not take the options that `hint` names. */
  readonly plainHint?: string;
  /** The way out in the editor, where it is another one than on the command line. */
  readonly editorHint?: string;
}
