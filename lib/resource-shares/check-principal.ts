import { sql } from 'drizzle-orm';
import { CrossvaultError } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { findAccountName } from './internal';
import { CheckPrincipal } from './schemas';

/** The name behind an account UID, so that a person sees whom they are about to invite. */
export const checkPrincipal = readVerb({
  action: 'resource_shares.check_principal',
  permission: 'shares.manage',
  input: CheckPrincipal,
  async run({ ctx, tx, input }) {
    const { accountId } = input;
    if (accountId === ctx.accountId) throw refuse('This is your own account. It needs no share here.');
    const name = await findAccountName(tx, accountId);
    if (name === null) throw refuse('No account has this UID. Check the 16 digits with its administrator.');
    const [inside] = await tx.execute<{ is_inside: boolean }>(sql`select is_inside(${accountId})`);
    return { accountId, name, isInside: inside?.is_inside ?? false };
  },
});

const refuse = (why: string) => new CrossvaultError('invalid_input', why, { fields: { accountId: why } });
