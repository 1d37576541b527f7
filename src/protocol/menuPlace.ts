// What the page says of the place where its context menu was opened; the host gets it with the command that was chosen there.

export interface MenuPlace {
  /** Its tokens are those of this run. */
  readonly runId: number;
  readonly query?: number;
  readonly key?: number;
}
