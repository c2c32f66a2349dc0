import type { Tx } from '@/db/client';
import { tellingKeyLoss } from '@/lib/backup-shares';
import { notifyAccount } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions/schemas';
import { pauseReplications } from '@/lib/replication';
import { writeVerb } from '@/lib/verb';
import { changeMembership, getFolder, getMember, lockManagedDirectory, requireDirectory } from './internal';
import { folderPath } from './rules';
import { type DirectoryMember, MoveMember } from './schemas';

/** Puts a member into another folder. It gains what is shared with that one and loses what the old one gave it. */
export const moveMember = writeVerb({
  action: 'directory.move_member',
  permission: 'directory.manage',
  input: MoveMember,
  async run({ ctx, tx, input, audit }): Promise<DirectoryMember> {
    const { id } = await lockManagedDirectory(tx, ctx.accountId);
    const directory = await requireDirectory(tx, ctx.accountId);
    const member = getMember(directory, input.accountId);
    const folder = getFolder(directory, input.folderId);
    const path = folderPath(directory.folders, folder.id).join(' / ');
    const cause = {
      accountId: ctx.accountId,
      linkId: id,
      why: `${member.name} was moved to ${path} in the resource directory.`,
    };
    const change = (at: Tx) => changeMembership(at, id, member.accountId, { folderId: folder.id });
    const paused = await pauseReplications(tx, tellingKeyLoss(change, cause), cause);
    await notifyAccount(tx, {
      accountId: member.accountId,
      linkId: id,
      kind: 'directory.moved',
      severity: 'info',
      title: `This account was moved to ${path}`,
      body: `By ${directory.management.name}, the management account of the resource directory.`,
      href: `/${defaultRegionId()}/resource-directory`,
    });
    await audit({
      resourceKind: 'directory_member',
      resourceId: member.accountId,
      resourceName: member.name,
      before: { folderId: member.folderId },
      after: { folderId: folder.id, pausedReplications: paused.map((replication) => replication.id) },
    });
    return { ...member, folderId: folder.id };
  },
});
