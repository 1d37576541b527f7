// What a short run showed of one thing: it holds, it does not, or it was not tried.

export interface RowFinding {
  readonly state: 'holds' | 'failed' | 'not run';
  readonly reason?: string;
}
