import type { Tx } from '@/db/client';
import type { SourceConfig } from '@/lib/sources/schemas';

/** What the operator registered for a source: host paths of the engine's machine, which no tenant names or sees. */
export async function findPlace(
  _tx: Tx,
  _accountId: string,
  _config: SourceConfig,
): Promise<Record<string, string> | null> {
  return null;
}
