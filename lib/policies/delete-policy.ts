import { eq } from 'drizzle-orm';
import { policies } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { describePolicy } from './create-policy';
import { getPolicyDto, lockPolicy } from './internal';
import { DeletePolicy } from './schemas';

/**
 * Deletes a policy: nothing runs by it any more. Points it made stay to their dates, the newest ones it promised to keep
 * beyond them; a run under way ends by itself, and replications that it started go on.
 */
export const deletePolicy = writeVerb({
  action: 'policies.delete',
  permission: 'policies.delete',
  input: DeletePolicy,
  async run({ ctx, tx, input, now, audit }) {
    const row = await lockPolicy(tx, ctx.accountId, input.id);
    if (input.confirm !== row.name) {
      throw new CrossvaultError(
        'invalid_input',
        'The typed name is not the name of the policy. Nothing was changed.',
        {
          fields: { confirm: `Type ${row.name}.` },
        },
      );
    }
    const policy = await getPolicyDto(tx, ctx.accountId, row.id, now);
    await tx.delete(policies).where(eq(policies.id, row.id));
    await audit({
      resourceKind: 'policy',
      resourceId: row.id,
      resourceName: row.name,
      before: describePolicy(policy),
    });
    return policy;
  },
});
