import { eq } from 'drizzle-orm';
import { directoryFolders } from '@/db/schema';
import { violates } from '@/db/violations';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { nameTaken } from './create-folder';
import { getFolder, lockManagedDirectory, requireDirectory } from './internal';
import { type DirectoryFolder, RenameFolder } from './schemas';

export const renameFolder = writeVerb({
  action: 'directory.rename_folder',
  permission: 'directory.manage',
  input: RenameFolder,
  async run({ ctx, tx, input, audit }): Promise<DirectoryFolder> {
    await lockManagedDirectory(tx, ctx.accountId);
    const { folders, ...directory } = await requireDirectory(tx, ctx.accountId);
    const folder = getFolder({ folders, ...directory }, input.id);
    if (folder.parentId === null) {
      throw new CrossvaultError('not_eligible', 'The root keeps its name.', { reason: 'root_folder' });
    }
    try {
      await tx.update(directoryFolders).set({ name: input.name }).where(eq(directoryFolders.id, folder.id));
    } catch (error) {
      if (!violates(error, 'directory_folder_names')) throw error;
      throw nameTaken(folders.find(({ id }) => id === folder.parentId)?.name ?? 'The folder above');
    }
    await audit({
      resourceKind: 'directory_folder',
      resourceId: folder.id,
      resourceName: input.name,
      before: { name: folder.name },
      after: { name: input.name },
    });
    return { ...folder, name: input.name };
  },
});
