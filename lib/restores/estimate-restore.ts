import { getPointRow } from '@/lib/backup-points';
import { askEngine } from '@/lib/engine/gateway/internal-client';
import { readVerb, thenOutside } from '@/lib/verb';
import { EstimateRestore, RestoreEstimate } from './schemas';

const authorisePoint = readVerb({
  action: 'restores.estimate',
  permission: 'restore.run',
  input: EstimateRestore,
  run: ({ ctx, tx, input }) => getPointRow(tx, ctx.accountId, input.pointId),
});

/** How much a selection of a point comes to, counted by the engine in the vault's own trees. */
export const estimateRestore = thenOutside(authorisePoint, (ctx, _, input) =>
  askEngine(
    { accountId: ctx.accountId, userId: ctx.actor.userId, op: 'estimate', pointId: input.pointId },
    input,
    RestoreEstimate,
    ctx.clock.now(),
  ),
);
