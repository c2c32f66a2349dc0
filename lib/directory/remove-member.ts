import type { Tx } from '@/db/client';
import { tellingKeyLoss } from '@/lib/backup-shares';
import { CrossvaultError } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { pauseReplications } from '@/lib/replication';
import { writeVerb } from '@/lib/verb';
import { changeMembership, getMember, lockManagedDirectory, requireDirectory } from './internal';
import { type DirectoryMember, RemoveMember } from './schemas';

/** Takes an account out of the directory; what shares gave it, or it gave, inside the directory ends at once. */
export const removeMember = writeVerb({
  action: 'directory.remove_member',
  permission: 'directory.manage',
  activity: 'stop',
  input: RemoveMember,
  async run({ ctx, tx, input, audit }): Promise<DirectoryMember> {
    const { id } = await lockManagedDirectory(tx, ctx.accountId);
    const directory = await requireDirectory(tx, ctx.accountId);
    const member = getMember(directory, input.accountId);
    if (input.confirm !== member.name) {
      throw new CrossvaultError('invalid_input', 'The typed name is not the name of this account.', {
        fields: { confirm: 'Type the name of the account.' },
      });
    }
    await notifyAccount(tx, {
      accountId: member.accountId,
      linkId: id,
      kind: 'directory.removed',
      severity: 'warning',
      title: `${directory.management.name} has removed this account from its resource directory`,
      body: 'What was shared with it inside the directory is no longer shared. The account and its vaults stay.',
      href: `/${defaultRegionId()}/resource-directory`,
    });
    const cause = {
      accountId: ctx.accountId,
      linkId: id,
      why: `${member.name} was removed from the resource directory.`,
    };
    const change = (at: Tx) => changeMembership(at, id, member.accountId, 'remove');
    const paused = await pauseReplications(tx, tellingKeyLoss(change, cause), cause);
    await audit({
      resourceKind: 'directory_member',
      resourceId: member.accountId,
      resourceName: member.name,
      before: { folderId: member.folderId, joinedBy: member.joinedBy },
      after: { pausedReplications: paused.map((replication) => replication.id) },
    });
    return member;
  },
});
