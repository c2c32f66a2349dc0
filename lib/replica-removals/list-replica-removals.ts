import { readVerb } from '@/lib/verb';
import { loadRemovals, requireTargetVault } from './internal';
import { ListReplicaRemovals } from './schemas';

/** The removals to come at a replication target vault, the soonest first. */
export const listReplicaRemovals = readVerb({
  action: 'replica_removals.list',
  permission: 'vaults.read',
  input: ListReplicaRemovals,
  async run({ ctx, tx, input }) {
    return loadRemovals(tx, await requireTargetVault(tx, ctx.accountId, input.vaultId));
  },
});
