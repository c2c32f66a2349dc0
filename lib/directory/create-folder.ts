import { directoryFolders } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError, invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { getFolder, lockManagedDirectory, requireDirectory } from './internal';
import { nestingRefusal } from './rules';
import { CreateFolder, type DirectoryFolder } from './schemas';

export const createFolder = writeVerb({
  action: 'directory.create_folder',
  permission: 'directory.manage',
  input: CreateFolder,
  async run({ ctx, tx, input, now, audit }): Promise<DirectoryFolder> {
    const { id: directoryId } = await lockManagedDirectory(tx, ctx.accountId);
    const parent = getFolder(await requireDirectory(tx, ctx.accountId), input.parentId);
    const refusal = nestingRefusal(parent);
    if (refusal) {
      throw new CrossvaultError('not_eligible', refusal, {
        fields: { parentId: refusal },
        reason: 'too_deep',
      });
    }
    const [made] = await tx
      .insert(directoryFolders)
      .values({
        accountId: ctx.accountId,
        directoryId,
        id: newId('fd'),
        parentId: parent.id,
        name: input.name,
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning();
    if (!made) throw nameTaken(parent.name);
    await audit({
      resourceKind: 'directory_folder',
      resourceId: made.id,
      resourceName: made.name,
      after: { parentId: parent.id },
    });
    const folder = (await requireDirectory(tx, ctx.accountId)).folders.find(({ id }) => id === made.id);
    invariant(folder, 'a folder that was made is in its tree');
    return folder;
  },
});

export function nameTaken(parentName: string): CrossvaultError {
  return new CrossvaultError('already_exists', `${parentName} holds a folder of this name already.`, {
    fields: { name: 'Another folder beside it has this name.' },
    reason: 'name_taken',
  });
}
