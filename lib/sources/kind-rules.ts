import type { Tx } from '@/db/client';
import { requireFileSystem } from '@/lib/file-systems';
import { fieldError } from './internal';
import type { SourceConfig } from './schemas';

/**
 * What a kind asks of the account beyond the form of its config: that a file system is registered for it, say. Answers the
 * name it goes by, where somebody gave it one.
 */
export async function requireRegistrable(
  tx: Tx,
  accountId: string,
  region: string,
  config: SourceConfig,
): Promise<string | null> {
  if (config.kind !== 'nas' && config.kind !== 'cpfs') return null;
  const { kind, fileSystemId: id } = config;
  const fileSystem = await requireFileSystem(tx, accountId, { id, kind });
  if (fileSystem.region === region) return fileSystem.name;
  throw fieldError('region', `This file system is in ${fileSystem.region}. Choose that region.`);
}
