import { and, eq } from 'drizzle-orm';
import { replications } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { getReplicationRow, isEitherSide } from './internal';
import { StopReplication } from './schemas';
import { toReplication } from './to-replication';

/**
 * Ends a replication for good; either side may. What has been copied stays at the target, lives on by the retention
 * it came with and can be deleted by hand from now on.
 */
export const stopReplication = writeVerb({
  action: 'replications.stop',
  permission: 'replication.stop',
  input: StopReplication,
  async run({ ctx, tx, input, now, audit }) {
    const found = await getReplicationRow(tx, ctx.accountId, input.id);
    if (input.confirm !== found.sourceVaultName) {
      throw new CrossvaultError('invalid_input', 'The typed name is not the name of the source vault.', {
        fields: { confirm: 'Type the name of the source vault.' },
      });
    }
    const [stopped] = await tx
      .update(replications)
      .set({
        state: 'stopped',
        stoppedAt: now,
        stoppedBy: ctx.actor.name,
        waitingReason: null,
        waitingSince: null,
      })
      .where(
        and(eq(replications.id, found.id), eq(replications.state, 'active'), isEitherSide(ctx.accountId)),
      )
      .returning();
    if (!stopped) {
      throw new CrossvaultError('state_conflict', 'This replication has been stopped already.', {
        reason: 'already_stopped',
      });
    }
    const isTargetSide = stopped.accountId === ctx.accountId;
    for (const accountId of new Set([stopped.accountId, stopped.sourceAccountId])) {
      await wakeTickerOf(tx, accountId);
      if (accountId === ctx.accountId) continue;
      const name = isTargetSide ? stopped.targetAccountName : stopped.sourceAccountName;
      await notifyAccount(tx, {
        accountId,
        linkId: stopped.id,
        kind: 'replication.stopped',
        severity: 'warning',
        title: `${name} has stopped the replication of ${stopped.sourceVaultName} to ${stopped.targetVaultName}`,
        body: 'Nothing more is copied. What is in the target vault stays and can be restored.',
        href: isTargetSide
          ? `/${stopped.sourceRegion}/vaults/${stopped.sourceVaultId}`
          : `/${stopped.targetRegion}/vaults/${stopped.targetVaultId}`,
      });
    }
    await audit({
      resourceKind: 'replication',
      resourceId: stopped.id,
      resourceName: stopped.sourceVaultName,
      before: { state: 'active' },
      after: { state: 'stopped', side: isTargetSide ? 'target' : 'source' },
    });
    return toReplication(stopped, ctx.accountId, now);
  },
});
