// One line that every walk over a graph needs.

/** Puts `name` into the queue unless it was seen before. */
export function enqueue(name: string, seen: Set<string>, queue: string[]): void {
  if (seen.has(name)) return;
  seen.add(name);
  queue.push(name);
}
