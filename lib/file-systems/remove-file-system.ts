import { eq } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { dataSources, fileSystems } from '@/db/schema';
import { operatorContext } from '@/lib/accounts';
import { CrossvaultError } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';

/**
 * Takes a file system from its account. Its backups stay; nothing on the file system is touched.
 * @throws `not_found`; `state_conflict` while a data source of the account uses it.
 */
export async function removeFileSystem(owner: Database, id: string): Promise<{ name: string }> {
  const [row] = await owner.select().from(fileSystems).where(eq(fileSystems.id, id));
  if (!row) throw new CrossvaultError('not_found', `There is no file system ${id}.`);
  const { accountId, name, region } = row;
  return inAccount(owner, accountId, async (tx) => {
    const sources = await tx.select().from(dataSources).where(eq(dataSources.accountId, accountId));
    const user = sources.find(
      ({ kind, config }) => kind === row.kind && (config as { fileSystemId?: string }).fileSystemId === id,
    );
    if (user) {
      throw new CrossvaultError(
        'state_conflict',
        `The account ${accountId} backs it up as "${user.name}". It has to remove that data source first. Nothing was changed.`,
      );
    }
    await tx.delete(fileSystems).where(eq(fileSystems.id, id));
    await writeAudit(operatorContext(owner, accountId), tx, 'file_systems.remove', {
      resourceKind: 'file_system',
      resourceId: id,
      resourceName: name,
      before: { kind: row.kind, region },
    });
    return { name };
  });
}
