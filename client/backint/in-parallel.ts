/**
 * Does something with each item, begun in order, a few at a time. When one fails the others are told by their signal and
 * waited for, and its error is thrown.
 */
export async function inParallel<T>(
  signal: AbortSignal,
  items: readonly T[],
  limit: number,
  act: (item: T, signal: AbortSignal, at: number) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const at = next++;
      await act(items[at]!, either, at);
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(workers);
    signal.throwIfAborted();
    throw error;
  }
}
