import { eq } from 'drizzle-orm';
import { directoryFolders } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { getFolder, lockManagedDirectory, requireDirectory } from './internal';
import { folderDeletionRefusal } from './rules';
import { DeleteFolder } from './schemas';

/** Deletes an empty folder; shares that name it no longer do. */
export const deleteFolder = writeVerb({
  action: 'directory.delete_folder',
  permission: 'directory.manage',
  input: DeleteFolder,
  async run({ ctx, tx, input, audit }) {
    await lockManagedDirectory(tx, ctx.accountId);
    const directory = await requireDirectory(tx, ctx.accountId);
    const folder = getFolder(directory, input.id);
    const refusal = folderDeletionRefusal(directory, folder.id);
    if (refusal) throw new CrossvaultError('state_conflict', refusal, { reason: 'folder_not_empty' });
    await tx.delete(directoryFolders).where(eq(directoryFolders.id, folder.id));
    await audit({ resourceKind: 'directory_folder', resourceId: folder.id, resourceName: folder.name });
    return { id: folder.id };
  },
});
