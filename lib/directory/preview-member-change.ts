import { foreseePausing } from '@/lib/replication';
import { readVerb } from '@/lib/verb';
import { changeMembership, getFolder, getMember, lockManagedDirectory, requireDirectory } from './internal';
import { PreviewMemberChange } from './schemas';

/** Which replications would stand still if a member were moved to a folder, or removed. */
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
    return { pausing: await foreseePausing(tx, (at) => changeMembership(at, id, member.accountId, change)) };
  },
});
