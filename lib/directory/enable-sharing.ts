import { eq } from 'drizzle-orm';
import { directories } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { lockManagedDirectory, requireDirectory } from './internal';
import { NoInput } from './schemas';

/** Lets the accounts of the directory share with it, its folders and its members without invitations. */
export const enableDirectorySharing = writeVerb({
  action: 'directory.enable_sharing',
  permission: 'directory.manage',
  input: NoInput,
  async run({ ctx, tx, now, audit }) {
    const row = await lockManagedDirectory(tx, ctx.accountId);
    if (row.sharingEnabledAt === null) {
      await tx.update(directories).set({ sharingEnabledAt: now }).where(eq(directories.id, row.id));
    }
    await audit({
      resourceKind: 'directory',
      resourceId: row.id,
      before: { isSharingEnabled: row.sharingEnabledAt !== null },
      after: { isSharingEnabled: true },
    });
    return requireDirectory(tx, ctx.accountId);
  },
});
