import { sql } from 'drizzle-orm';
import { CrossvaultError } from '@/lib/errors';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { getReplicationRow } from './internal';
import { SetRecoveryObjective } from './schemas';
import { toReplication } from './to-replication';

/**
 * Sets how far behind a copy may be, and how long nothing may come, before both sides are told. The destination's alone,
 * who relies on the copy: a source that was taken over cannot silence it.
 */
export const setRecoveryObjective = writeVerb({
  action: 'replications.set_objective',
  permission: 'replication.objective',
  input: SetRecoveryObjective,
  async run({ ctx, tx, input, now, audit }) {
    const { id, objectiveSeconds, silenceDays } = input;
    const found = await getReplicationRow(tx, ctx.accountId, id);
    if (found.accountId !== ctx.accountId) {
      throw new CrossvaultError(
        'not_eligible',
        `The destination account sets the objective. Ask ${found.targetAccountName}.`,
        { reason: 'destination_decides' },
      );
    }
    const [changed] = await tx.execute(
      sql`select id from set_recovery_objective(${id}, ${objectiveSeconds}, ${silenceDays})`,
    );
    if (!changed) {
      throw new CrossvaultError('state_conflict', 'This replication has been stopped. It has no objective.', {
        reason: 'already_stopped',
      });
    }
    await wakeTickerOf(tx, ctx.accountId);
    await audit({
      resourceKind: 'replication',
      resourceId: id,
      resourceName: found.sourceVaultName,
      before: { objectiveSeconds: found.objectiveSeconds, silenceDays: found.silenceDays },
      after: { objectiveSeconds, silenceDays },
    });
    return toReplication(await getReplicationRow(tx, ctx.accountId, id), ctx.accountId, now);
  },
});
