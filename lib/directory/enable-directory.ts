import { directories } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { requireDirectory } from './internal';
import { NoInput } from './schemas';

/** Makes the account the management account of a new resource directory with an empty root. */
export const enableDirectory = writeVerb({
  action: 'directory.enable',
  permission: 'directory.manage',
  input: NoInput,
  async run({ ctx, tx, now, audit }) {
    const id = newId('rd');
    try {
      await tx
        .insert(directories)
        .values({ accountId: ctx.accountId, id, rootFolderId: newId('r'), createdAt: now });
    } catch (error) {
      const isTaken =
        violates(error, 'directories_account_id_key') || violates(error, 'directory_members_pkey');
      if (isTaken) throw inDirectoryAlready();
      throw error;
    }
    await audit({ resourceKind: 'directory', resourceId: id });
    return requireDirectory(tx, ctx.accountId);
  },
});

function inDirectoryAlready(): CrossvaultError {
  return new CrossvaultError('state_conflict', 'This account is in a resource directory already.', {
    reason: 'in_a_directory',
  });
}
