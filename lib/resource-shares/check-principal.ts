import { CrossvaultError } from '@/lib/errors';
import { readVerb } from '@/lib/verb';
import { findAccountName } from './internal';
import { requirePrincipals } from './invite-accounts';
import { CheckPrincipal } from './schemas';

/** The name behind an account UID, so that a person sees whom they are about to invite. */
export const checkPrincipal = readVerb({
  action: 'resource_shares.check_principal',
  permission: 'shares.manage',
  input: CheckPrincipal,
  async run({ ctx, tx, input }) {
    await requirePrincipals(tx, ctx.accountId, [input.accountId], () => 'accountId');
    const name = await findAccountName(tx, input.accountId);
    if (name === null) throw new CrossvaultError('not_found', 'No account has this UID.');
    return { accountId: input.accountId, name };
  },
});
