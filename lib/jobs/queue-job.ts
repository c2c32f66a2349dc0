import type { Tx } from '@/db/client';
import { jobs } from '@/db/schema';
import { type ClientRow, requireClient } from '@/lib/clients';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError, invariant } from '@/lib/errors';
import type { JobRow } from './internal';
import { isAbsoluteHostPath } from './rules';
import type { BackupSpec, RestoreSpec } from './schemas';

export type JobPlan = { clientId: string; vaultId: string; policyRunId?: string } & (
  | { kind: 'backup'; pointId: null; spec: BackupSpec }
  | { kind: 'restore'; pointId: string; spec: RestoreSpec }
);

/**
 * Writes a job that its client takes with its next heartbeat, or at once when one is waiting. The caller has checked
 * the vault, the point and the client.
 */
export async function queueJob(tx: Tx, ctx: Context, plan: JobPlan, now: Date): Promise<JobRow> {
  const [job] = await tx
    .insert(jobs)
    .values({
      ...plan,
      accountId: ctx.accountId,
      id: newId('job'),
      createdBy: ctx.actor.name,
      createdAt: now,
    })
    .returning();
  invariant(job, 'an insert returns its row');
  return job;
}

/** A client that can be given work. */
export async function requireUsableClient(tx: Tx, accountId: string, id: string): Promise<ClientRow> {
  const client = await requireClient(tx, accountId, id);
  if (client.revokedAt) {
    const why = 'This client was revoked. Choose another one, or enrol the host again.';
    throw new CrossvaultError('not_eligible', why, { fields: { clientId: why }, reason: 'client_revoked' });
  }
  return client;
}

/** Throws `invalid_input` with a message for each path that is not absolute on the client's platform. */
export function requireAbsolutePaths(paths: Record<string, string>, platform: string): void {
  const fields: Record<string, string> = {};
  for (const [field, path] of Object.entries(paths)) {
    if (!isAbsoluteHostPath(path, platform))
      fields[field] = 'Write the whole path, from the root of the host.';
  }
  if (Object.keys(fields).length > 0) {
    throw new CrossvaultError('invalid_input', 'Some paths are not absolute. Nothing was changed.', {
      fields,
    });
  }
}
