import { and, asc, eq } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { fileSystems } from '@/db/schema';
import type { Clock } from '@/lib/clock';
import { inspectMount, requireSameFileSystem } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';
import { type FileSystemRow, identityOf } from './internal';

export interface CheckedFileSystem {
  row: FileSystemRow;
  /** What is wrong with it; null when it is mounted as it was registered. */
  problem: string | null;
}

/** Looks at all that is registered, on this machine, and keeps what was found for the accounts to see. */
export async function checkFileSystems(owner: Database, clock: Clock): Promise<CheckedFileSystem[]> {
  const now = clock.now();
  const rows = await listRegisteredFileSystems(owner);
  const checked: CheckedFileSystem[] = [];
  for (const row of rows) {
    const problem = await findProblem(row);
    const { accountId, id } = row;
    const values = {
      checkState: problem ? ('failed' as const) : ('ok' as const),
      checkMessage: problem,
      checkedAt: now,
    };
    await inAccount(owner, accountId, (tx) =>
      tx
        .update(fileSystems)
        .set(values)
        .where(and(eq(fileSystems.accountId, accountId), eq(fileSystems.id, id))),
    );
    checked.push({ row: { ...row, ...values }, problem });
  }
  return checked;
}

export function listRegisteredFileSystems(owner: Database): Promise<FileSystemRow[]> {
  return owner.select().from(fileSystems).orderBy(asc(fileSystems.accountId), asc(fileSystems.name));
}

async function findProblem(row: FileSystemRow): Promise<string | null> {
  try {
    requireSameFileSystem(identityOf(row), await inspectMount(row.mountPath));
    return null;
  } catch (error) {
    if (error instanceof CrossvaultError) return error.message;
    throw error;
  }
}
