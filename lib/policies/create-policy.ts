import type { Tx } from '@/db/client';
import { policies, policyRules } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { requireArchiveVaults } from './archive-vaults';
import { insertBinding } from './bindings';
import { getPolicyDto } from './internal';
import { replicateBoundVaults } from './replicate-vaults';
import { ruleColumns } from './rule-rows';
import { CreatePolicy, type RuleInput } from './schemas';
import { syncTimers } from './timers';

/** Makes a policy with its rules, bound to data sources at once where they are given. */
export const createPolicy = writeVerb({
  action: 'policies.create',
  permission: 'policies.manage',
  input: CreatePolicy,
  async run({ ctx, tx, input, now, audit }) {
    const { name, description, keepsNewest, replicates } = input;
    const id = newId('po');
    const who = { createdBy: ctx.actor.name, updatedBy: ctx.actor.name, createdAt: now, updatedAt: now };
    await insertPolicy(tx, {
      accountId: ctx.accountId,
      id,
      name,
      description,
      keepsNewest,
      replicates,
      ...who,
    });
    await insertRules(
      tx,
      ctx.accountId,
      id,
      input.rules.map((rule, position) => ({ rule, position })),
    );
    for (const [index, binding] of input.bindings.entries()) {
      await insertBinding(tx, ctx, id, binding, { now, at: `bindings.${index}.` });
    }
    await requireArchiveVaults(tx, ctx.accountId, id);
    await replicateBoundVaults(tx, ctx, { id, replicates }, input.targets, now);
    await syncTimers(tx, ctx.accountId, id, now);
    const policy = await getPolicyDto(tx, ctx.accountId, id, now);
    await audit({
      resourceKind: 'policy',
      resourceId: id,
      resourceName: name,
      after: describePolicy(policy),
    });
    return policy;
  },
});

async function insertPolicy(tx: Tx, values: typeof policies.$inferInsert): Promise<void> {
  try {
    await tx.insert(policies).values(values);
  } catch (error) {
    throw asPolicyError(error, values.name);
  }
}

/** What the database says of a policy's name and number, as errors that a form can show. */
export function asPolicyError(error: unknown, name: string): unknown {
  if (violates(error, 'policies_account_id_name_key')) {
    return new CrossvaultError('already_exists', `There is a policy named ${name} already.`, {
      reason: 'name_taken',
      fields: { name: 'Choose another name.' },
    });
  }
  if (violates(error, 'quota_exceeded')) {
    const why =
      'The account may have 50 policies and has them all. Delete one first, or bind more to the ones there are.';
    return new CrossvaultError('quota_exceeded', why, { reason: 'policies' });
  }
  return error;
}

export async function insertRules(
  tx: Tx,
  accountId: string,
  policyId: string,
  rules: { rule: RuleInput; position: number }[],
): Promise<void> {
  if (rules.length === 0) return;
  await tx.insert(policyRules).values(
    rules.map(({ rule, position }) => ({
      accountId,
      id: newId('pr'),
      policyId,
      position,
      ...ruleColumns(rule),
    })),
  );
}

/** What the audit keeps of a policy. */
export function describePolicy(policy: Awaited<ReturnType<typeof getPolicyDto>>) {
  const { name, description, rules, keepsNewest, replicates, version } = policy;
  const bindings = policy.bindings.map(({ id, source, vault, paths }) => ({
    id,
    sourceId: source.id,
    vaultId: vault.id,
    paths,
  }));
  return { name, description, rules, keepsNewest, replicates, version, bindings };
}
