import type { Tx } from '@/db/client';
import { foreseeKeyLoss } from '@/lib/backup-shares';
import { foreseePausing } from '@/lib/replication';
import { readVerb } from '@/lib/verb';
import { changeMembership, getFolder, getMember, lockManagedDirectory, requireDirectory } from './internal';
import { PreviewMemberChange } from './schemas';

/** What would stand still if a member were moved to a folder, or removed. */
export const previewMemberChange = readVerb({
  action: 'directory.preview_member_change',
  permission: 'directory.read',
  input: PreviewMemberChange,
  async run({ ctx, tx, input }) {
    const { id } = await lockManagedDirectory(tx, ctx.accountId);
    const directory = await requireDirectory(tx, ctx.accountId);
    const member = getMember(directory, input.accountId);
    const change =
      input.folderId === undefined
        ? ('remove' as const)
        : { folderId: getFolder(directory, input.folderId).id };
    const make = (at: Tx) => changeMembership(at, id, member.accountId, change);
    return { pausing: await foreseePausing(tx, make), stalling: await foreseeKeyLoss(tx, make) };
  },
});
