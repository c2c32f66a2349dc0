import type { Tx } from './client';

class Undo extends Error {}

/**
 * What would be there after a change: it is really made, looked at and undone again, so that the answer cannot differ from
 * what the change does.
 */
export async function attempt<T>(
  tx: Tx,
  change: (tx: Tx) => Promise<unknown>,
  look: (tx: Tx) => Promise<T>,
): Promise<T> {
  const seen: T[] = [];
  await tx
    .transaction(async (at) => {
      await change(at);
      seen.push(await look(at));
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return seen[0] as T;
}
