import { eq } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { accounts, fileSystems } from '@/db/schema';
import { operatorContext } from '@/lib/accounts';
import { newId } from '@/lib/context';
import { inspectMount } from '@/lib/engine/core/posix/mounts';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { findRegion, knownRegions } from '@/lib/regions/schemas';
import { writeAudit } from '@/lib/verb';
import { identityOf } from './internal';
import { mountRefusal } from './rules';
import { NewFileSystem } from './schemas';

const words = { nas: 'File Storage NAS', cpfs: 'CPFS' };

/**
 * Registers what is mounted at a folder of this machine for an account, by what the file system says it is.
 *
 * @param owner a connection that row-level security does not bind: only the operator names folders of the machine.
 * @throws `unavailable` when nothing is mounted there, `not_eligible` when it may not be registered.
 */
export async function addFileSystem(owner: Database, input: NewFileSystem): Promise<{ id: string }> {
  const { accountId, region, kind, name, mountPath } = parse(input);
  if (!findRegion(region)) {
    const known = knownRegions().map(({ id }) => id);
    throw new CrossvaultError(
      'invalid_input',
      `There is no region ${region}. There are ${known.join(', ')}.`,
    );
  }
  const mount = await inspectMount(mountPath);
  if (mount.mountPath !== mountPath)
    throw new CrossvaultError('invalid_input', `${mountPath} is a link. Name ${mount.mountPath} itself.`);
  const ctx = operatorContext(owner, accountId);
  return inAccount(owner, accountId, async (tx) => {
    const [account] = await tx.select().from(accounts).where(eq(accounts.accountId, accountId));
    if (!account) throw new CrossvaultError('not_found', `There is no account ${accountId}.`);
    const registered = await tx.select().from(fileSystems);
    const known = registered.map((row) => ({
      ...identityOf(row),
      id: row.id,
      accountId: row.accountId,
      mountPath: row.mountPath,
    }));
    const refusal = mountRefusal({ ...mount, accountId }, known);
    if (refusal) throw new CrossvaultError('not_eligible', `${refusal} Nothing was changed.`);
    const id = newId('fs');
    const { fsType, source: fsSource, root: fsRoot, fsId } = mount;
    await tx
      .insert(fileSystems)
      .values({ accountId, id, region, kind, name, mountPath, fsType, fsSource, fsRoot, fsId });
    await writeAudit(ctx, tx, 'file_systems.add', {
      resourceKind: 'file_system',
      resourceId: id,
      resourceName: name,
      after: { kind, region },
    });
    await notify(tx, accountId, {
      kind: 'file_systems.added',
      severity: 'info',
      title: `The ${words[kind]} ${name} can be backed up now`,
      body: 'The operator has registered it. Register it as a data source to choose what to protect.',
      href: `/${region}/data-sources`,
    });
    return { id };
  });
}

function parse(input: NewFileSystem): NewFileSystem {
  const parsed = NewFileSystem.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CrossvaultError('invalid_input', parsed.error.issues.map(({ message }) => message).join(' '));
}
