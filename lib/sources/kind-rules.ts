import type { Tx } from '@/db/client';
import type { SourceConfig } from './schemas';

/** What a kind asks of the account beyond the form of its config: that a file system is there for it, say. */
export async function requireRegistrable(
  _tx: Tx,
  _accountId: string,
  _region: string,
  _config: SourceConfig,
): Promise<void> {}
