import { and, eq, inArray, isNull } from 'drizzle-orm';
import { clients, jobs } from '@/db/schema';
import { CrossvaultError, invariant, notFound } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { isHost, toBackupClients } from './internal';
import { RevokeClient } from './schemas';

/** Ends a client for ever: its credential stops working and its open jobs fail. Its backup points stay. */
export const revokeClient = writeVerb({
  action: 'clients.revoke',
  permission: 'clients.manage',
  input: RevokeClient,
  async run({ ctx, tx, input, now, audit }) {
    const mine = and(eq(clients.accountId, ctx.accountId), eq(clients.id, input.id), isHost);
    const [found] = await tx.select().from(clients).where(mine).for('no key update');
    if (!found) throw notFound('backup client');
    if (input.confirm !== found.name) {
      throw new CrossvaultError('invalid_input', 'The typed name is not the name of this client.', {
        fields: { confirm: 'Type the name of the client.' },
      });
    }
    const [revoked] = await tx
      .update(clients)
      .set({ revokedAt: now })
      .where(and(mine, isNull(clients.revokedAt)))
      .returning();
    if (!revoked) {
      throw new CrossvaultError('state_conflict', 'This client has been revoked already.', {
        reason: 'already_revoked',
      });
    }
    const failed = await tx
      .update(jobs)
      .set({
        status: 'failed',
        errorCode: 'forbidden',
        errorMessage: 'The client was revoked before the job had ended.',
        finishedAt: now,
      })
      .where(
        and(
          eq(jobs.accountId, ctx.accountId),
          eq(jobs.clientId, revoked.id),
          inArray(jobs.status, ['queued', 'running']),
        ),
      )
      .returning({ id: jobs.id });
    await audit({
      resourceKind: 'client',
      resourceId: revoked.id,
      resourceName: revoked.name,
      after: { failedJobs: failed.map((job) => job.id) },
    });
    const [client] = await toBackupClients(tx, [revoked], now);
    invariant(client, 'one row becomes one client');
    return client;
  },
});
