// What a work that was given up ends with.

/** An AbortError with these words. */
export function abortError(message: string): Error {
  const error = new Error(message);
  error.name = 'AbortError';
  return error;
}

/** Throws an AbortError where the signal says so: between the stages of a long work. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError('It was cancelled.');
}
