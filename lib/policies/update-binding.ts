import { eq } from 'drizzle-orm';
import { clients, dataSources, policyBindings } from '@/db/schema';
import { violates } from '@/db/violations';
import { invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { boundAlready, requirePaths } from './bindings';
import { getBindingDto, lockBinding } from './internal';
import { UpdateBinding } from './schemas';
import { syncTimers } from './timers';

/** Changes what is protected, or switches the runs off and on. Switched on again, the next run is that of the schedule. */
export const updateBinding = writeVerb({
  action: 'policies.update_binding',
  permission: 'policies.manage',
  input: UpdateBinding,
  async run({ ctx, tx, input: { id, ...changes }, now, audit }) {
    const { policy, binding } = await lockBinding(tx, ctx.accountId, id);
    if (changes.paths) {
      const [found] = await tx
        .select({ platform: clients.platform })
        .from(clients)
        .innerJoin(dataSources, eq(dataSources.clientId, clients.id))
        .where(eq(dataSources.id, binding.sourceId));
      invariant(found, "a bound source's client exists");
      requirePaths(changes.paths, found.platform);
    }
    const after = {
      paths: [...new Set(changes.paths ?? binding.paths)],
      includes: [...new Set(changes.includes ?? binding.includes)],
      excludes: [...new Set(changes.excludes ?? binding.excludes)],
      isEnabled: changes.isEnabled ?? binding.isEnabled,
    };
    try {
      await tx.update(policyBindings).set(after).where(eq(policyBindings.id, id));
    } catch (error) {
      throw violates(error, 'policy_binding_once') ? boundAlready() : error;
    }
    await syncTimers(tx, ctx.accountId, policy.id, now);
    const { paths, includes, excludes, isEnabled } = binding;
    await audit({
      resourceKind: 'policy',
      resourceId: policy.id,
      resourceName: policy.name,
      before: { bindingId: id, paths, includes, excludes, isEnabled },
      after,
    });
    return getBindingDto(tx, ctx.accountId, id, now);
  },
});
