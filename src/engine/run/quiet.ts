// When to begin what nobody waits for: making a session holds the thread of the engine, and a picture that just came asks for its numbers one
// after the other.

/** Milliseconds without a question after which a picture is taken to have all that it shows. */
const quietMs = 300;

export class Quiet {
  private lastAskedAt = 0;

  /** Something was asked just now. */
  touch(): void {
    this.lastAskedAt = Date.now();
  }

  /** Resolves when nothing has been asked for a while, this call included, or when the signal fires. */
  async comes(signal: AbortSignal): Promise<void> {
    this.touch();
    for (let left = quietMs; left > 0 && !signal.aborted; left = this.lastAskedAt + quietMs - Date.now())
      await new Promise((resolve) => setTimeout(resolve, left));
  }
}
