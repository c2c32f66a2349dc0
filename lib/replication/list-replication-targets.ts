import { and, eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { notFound } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { evaluateTarget } from './evaluate-target';
import { listCandidates, toSourceVault } from './internal';
import { ListReplicationTargets, type ReplicationTarget } from './schemas';

/**
 * Every vault that this account could name as the target of one of its vaults, those that can be chosen first, the
 * others with the reason and the way out.
 */
export const listReplicationTargets = readVerb({
  action: 'replications.list_targets',
  permission: 'vaults.read',
  input: ListReplicationTargets,
  async run({ ctx, tx, input }) {
    const [vault] = await tx
      .select()
      .from(vaults)
      .where(and(eq(vaults.accountId, ctx.accountId), eq(vaults.id, input.sourceVaultId)));
    if (!vault) throw notFound('vault');
    const source = await toSourceVault(tx, vault);
    const items = (await listCandidates(tx, ctx.accountId))
      .filter((candidate) => input.region === undefined || candidate.region === input.region)
      .map((candidate): ReplicationTarget => {
        const found = evaluateTarget(source, candidate);
        const { vaultId, vaultName, region, encryption, ownerAccountId, ownerName, isOwn } = candidate;
        return {
          ...{ vaultId, vaultName, region, encryption, ownerAccountId, ownerName, isOwn },
          eligible: found.eligible,
          reason: found.eligible ? null : found.reason,
          explanation: found.eligible ? null : found.explanation,
        };
      })
      .sort((a, b) => Number(b.eligible) - Number(a.eligible) || a.vaultName.localeCompare(b.vaultName));
    return { items };
  },
});
