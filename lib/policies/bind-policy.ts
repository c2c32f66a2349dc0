import { eq } from 'drizzle-orm';
import { policyBindings } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { requireArchiveVaults } from './archive-vaults';
import { insertBinding } from './bindings';
import { getBindingDto, lockBinding, lockPolicy } from './internal';
import { replicateBoundVaults } from './replicate-vaults';
import { BindPolicy, UnbindPolicy } from './schemas';
import { syncTimers } from './timers';

/** Adds what a policy protects: folders of a data source, and the vault that their points go into. */
export const bindPolicy = writeVerb({
  action: 'policies.bind',
  permission: 'policies.manage',
  input: BindPolicy,
  async run({ ctx, tx, input: { policyId, targetVaultId, ...fields }, now, audit }) {
    const policy = await lockPolicy(tx, ctx.accountId, policyId);
    const id = await insertBinding(tx, ctx, policy.id, fields, { now });
    const targets = targetVaultId === null ? [] : [{ vaultId: fields.vaultId, targetVaultId }];
    await requireArchiveVaults(tx, ctx.accountId, policy.id);
    await replicateBoundVaults(tx, ctx, policy, targets, now);
    await syncTimers(tx, ctx.accountId, policy.id, now);
    await audit({
      resourceKind: 'policy',
      resourceId: policy.id,
      resourceName: policy.name,
      after: { bindingId: id, ...fields, targetVaultId },
    });
    return getBindingDto(tx, ctx.accountId, id, now);
  },
});

/** Takes something out of a policy. Its points stay to their dates, and a run under way ends by itself. */
export const unbindPolicy = writeVerb({
  action: 'policies.unbind',
  permission: 'policies.manage',
  input: UnbindPolicy,
  async run({ ctx, tx, input, now, audit }) {
    const { policy, binding } = await lockBinding(tx, ctx.accountId, input.id);
    const shown = await getBindingDto(tx, ctx.accountId, binding.id, now);
    await tx.delete(policyBindings).where(eq(policyBindings.id, binding.id));
    const { sourceId, vaultId, paths, includes, excludes } = binding;
    await audit({
      resourceKind: 'policy',
      resourceId: policy.id,
      resourceName: policy.name,
      before: { bindingId: binding.id, sourceId, vaultId, paths, includes, excludes },
    });
    return shown;
  },
});
