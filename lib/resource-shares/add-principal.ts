import { writeVerb } from '@/lib/verb';
import { associatePrincipals } from './associate';
import { expireInvitations, lockShare } from './internal';
import { resolvePrincipals } from './resolve-principals';
import { AddPrincipal, parsePrincipal } from './schemas';
import { toResourceShare } from './to-resource-share';

/**
 * Adds one principal to a share. An account outside the directory is invited, or invited again after it rejected, left,
 * was removed or let the invitation expire; inside the directory access begins at once.
 */
export const addPrincipal = writeVerb({
  action: 'resource_shares.add_principal',
  permission: 'shares.manage',
  input: AddPrincipal,
  async run({ ctx, tx, input, now, audit }) {
    const principal = parsePrincipal(input);
    const share = await lockShare(tx, ctx.accountId, input.shareId);
    const resolved = await resolvePrincipals(tx, {
      accountId: ctx.accountId,
      scope: share.principalScope,
      principals: [principal],
      field: () => 'id',
    });
    await expireInvitations(tx, ctx.accountId, share.id, now);
    await associatePrincipals(tx, share, resolved, now);
    await audit({
      resourceKind: 'resource_share',
      resourceId: share.id,
      resourceName: share.name,
      after: { addedPrincipals: resolved },
    });
    return toResourceShare(tx, share, now);
  },
});
