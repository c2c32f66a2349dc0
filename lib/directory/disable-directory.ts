import { and, eq, gt } from 'drizzle-orm';
import { directories, directoryInvitations } from '@/db/schema';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { lockManagedDirectory, requireDirectory } from './internal';
import { disablingRefusal } from './rules';
import { DisableDirectory } from './schemas';

/** Ends an empty directory. */
export const disableDirectory = writeVerb({
  action: 'directory.disable',
  permission: 'directory.manage',
  activity: 'stop',
  input: DisableDirectory,
  async run({ ctx, tx, input, now, audit }) {
    const { id } = await lockManagedDirectory(tx, ctx.accountId);
    if (input.confirm !== id) {
      throw new CrossvaultError('invalid_input', 'What was typed is not the id of this directory.', {
        fields: { confirm: 'Type the id of the directory.' },
      });
    }
    const open = await tx
      .select({ id: directoryInvitations.id })
      .from(directoryInvitations)
      .where(
        and(
          eq(directoryInvitations.directoryId, id),
          eq(directoryInvitations.status, 'pending'),
          gt(directoryInvitations.expiresAt, now),
        ),
      );
    const refusal = disablingRefusal(await requireDirectory(tx, ctx.accountId), open.length);
    if (refusal) throw new CrossvaultError('state_conflict', refusal, { reason: 'directory_not_empty' });
    await tx.delete(directories).where(eq(directories.id, id));
    await audit({ resourceKind: 'directory', resourceId: id });
    return { id };
  },
});
