import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { notifications, vaults } from '@/db/schema';
import { newId } from '@/lib/context';
import type { JobRow } from './internal';
import { RestoreSpec } from './schemas';

interface Trouble {
  outcome: 'failed' | 'partial';
  error: { message: string } | null;
  skippedCount?: number;
}

/** Tells the account of a job that failed or left something out. */
export async function notifyOfTrouble(tx: Tx, job: JobRow, trouble: Trouble, now: Date): Promise<void> {
  if (job.kind === 'restore' && RestoreSpec.parse(job.spec).isDryRun) return;
  const [vault] = await tx
    .select({ name: vaults.name, region: vaults.region })
    .from(vaults)
    .where(and(eq(vaults.accountId, job.accountId), eq(vaults.id, job.vaultId)));
  if (!vault) return;
  const what = job.kind === 'backup' ? `The backup into ${vault.name}` : `The restore from ${vault.name}`;
  const isFailed = trouble.outcome === 'failed';
  await tx.insert(notifications).values({
    accountId: job.accountId,
    id: newId('n'),
    kind: `job.${trouble.outcome}`,
    severity: isFailed ? 'error' : 'warning',
    title: isFailed ? `${what} failed` : `${what} left ${trouble.skippedCount ?? 'some'} items out`,
    body: trouble.error?.message ?? '',
    href: `/${vault.region}/${job.kind}-jobs/${job.id}`,
    createdAt: now,
  });
}
