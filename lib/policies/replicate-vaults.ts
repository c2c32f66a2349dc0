import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { policyBindings, replications, vaults } from '@/db/schema';
import { authorise, type Context } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { beginReplication } from '@/lib/replication';
import { requireAllowed, writeAudit } from '@/lib/verb';
import type { PolicyRow } from './internal';

type Targets = readonly { vaultId: string; targetVaultId: string }[];

/**
 * Makes a policy that replicates true for every vault it is bound to: where nothing runs, the replication to the chosen
 * target starts, under the rules, the permission and with the audit row of a start on the vault's page.
 */
export async function replicateBoundVaults(
  tx: Tx,
  ctx: Context,
  policy: Pick<PolicyRow, 'id' | 'replicates'>,
  targets: Targets,
  now: Date,
): Promise<void> {
  if (!policy.replicates) return;
  const missing = await listUnreplicated(tx, ctx.accountId, policy.id);
  if (missing.length === 0) return;
  authorise(ctx, 'replication.start');
  await requireAllowed(tx, ctx.accountId, 'share');
  requireTargets(missing, targets);
  for (const vault of missing) {
    const targetVaultId = targets.find(({ vaultId }) => vaultId === vault.id)?.targetVaultId ?? '';
    try {
      const { entry } = await beginReplication(ctx, tx, { sourceVaultId: vault.id, targetVaultId }, now);
      await writeAudit(ctx, tx, 'replications.start', {
        ...entry,
        after: { ...(entry.after as object), policyId: policy.id },
      });
    } catch (error) {
      throw atVault(error, vault.id);
    }
  }
}

async function listUnreplicated(tx: Tx, accountId: string, policyId: string) {
  const bound = await tx
    .selectDistinct({ id: vaults.id, name: vaults.name })
    .from(vaults)
    .innerJoin(policyBindings, eq(policyBindings.vaultId, vaults.id))
    .where(and(eq(policyBindings.accountId, accountId), eq(policyBindings.policyId, policyId)))
    .orderBy(vaults.id);
  if (bound.length === 0) return [];
  const running = await tx
    .select({ vaultId: replications.sourceVaultId })
    .from(replications)
    .where(
      and(
        eq(replications.state, 'active'),
        inArray(
          replications.sourceVaultId,
          bound.map(({ id }) => id),
        ),
      ),
    );
  return bound.filter(({ id }) => !running.some(({ vaultId }) => vaultId === id));
}

function requireTargets(missing: { id: string; name: string }[], targets: Targets): void {
  const without = missing.filter(({ id }) => !targets.some(({ vaultId }) => vaultId === id));
  if (without.length === 0) return;
  const why = (name: string) =>
    `Choose a replication target for ${name}: a target serves one vault only, so each bound vault needs its own.`;
  throw new CrossvaultError('invalid_input', 'The policy replicates. Choose a target for each bound vault.', {
    reason: 'target_missing',
    fields: Object.fromEntries(without.map(({ id, name }) => [`targets.${id}`, why(name)])),
  });
}

/** The evaluator's word, at the field of the vault it is about. */
function atVault(error: unknown, vaultId: string): unknown {
  if (!(error instanceof CrossvaultError) || (error.code !== 'not_eligible' && error.code !== 'not_found'))
    return error;
  const { code, message, reason } = error;
  return new CrossvaultError(code, message, { reason, fields: { [`targets.${vaultId}`]: message } });
}
