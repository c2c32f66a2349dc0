import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { resourceShares } from '@/db/schema';
import { newId } from '@/lib/context';
import { findDirectory, sharingUse } from '@/lib/directory';
import { CrossvaultError } from '@/lib/errors';
import type { WriteArgs } from '@/lib/verb';
import { associatePrincipals, listGrantees, tellNewcomers } from './associate';
import { getAccountName, lockShare, type ShareRow } from './internal';
import { type ResolvedPrincipal, resolvePrincipals } from './resolve-principals';
import type { NewShare, ResourceShare } from './schemas';
import { toResourceShare } from './to-resource-share';

type ShareChoice = NewShare | { mode: 'existing'; shareId: string };

/** What is put into a share: locked by the caller before the share, and written by `associate`. */
interface Addition {
  associate(share: ShareRow): Promise<unknown>;
  /** For the audit. */
  added: Record<string, unknown>;
}

/**
 * Puts something into a new or an existing share. The principals of an existing one have it at once; those of a new one
 * are invited when they are outside the directory.
 */
export async function putIntoShare(
  { ctx, tx, input, now, audit }: WriteArgs<ShareChoice>,
  { associate, added }: Addition,
): Promise<ResourceShare> {
  await tx.execute(sql`select hold_my_directory()`);
  const made = input.mode === 'new' ? await createShare(tx, ctx.accountId, input, now) : null;
  const share =
    made?.share ?? (await lockShare(tx, ctx.accountId, input.mode === 'existing' ? input.shareId : ''));
  const before = await listGrantees(tx, share.id);
  await associate(share);
  await associatePrincipals(tx, share, made?.principals ?? [], now);
  if (!made) await tellNewcomers(tx, share, { ownerName: await getAccountName(tx, ctx.accountId), before });
  await audit({
    resourceKind: 'resource_share',
    resourceId: share.id,
    resourceName: share.name,
    after: { ...added, addedPrincipals: made?.principals ?? [], isNew: made !== null },
  });
  return toResourceShare(tx, share, now);
}

/** Puts several things into a share at once; whoever has accepted it has them. */
export async function addToShare(
  { ctx, tx, input, now, audit }: WriteArgs<{ shareId: string }>,
  { associate, added }: Addition,
): Promise<ResourceShare> {
  const share = await lockShare(tx, ctx.accountId, input.shareId);
  const before = await listGrantees(tx, share.id);
  await associate(share);
  await tellNewcomers(tx, share, { ownerName: await getAccountName(tx, ctx.accountId), before });
  await audit({
    resourceKind: 'resource_share',
    resourceId: share.id,
    resourceName: share.name,
    after: added,
  });
  return toResourceShare(tx, share, now);
}

async function createShare(
  tx: Tx,
  accountId: string,
  input: NewShare,
  now: Date,
): Promise<{ share: ShareRow; principals: ResolvedPrincipal[] }> {
  if (input.principalScope === 'directory_only') await requireDirectoryScope(tx, accountId);
  const principals = await resolvePrincipals(tx, {
    accountId,
    scope: input.principalScope,
    principals: input.principals,
    field: (index) => `principals.${index}.id`,
  });
  const [share] = await tx
    .insert(resourceShares)
    .values({
      accountId,
      id: newId('rs'),
      name: input.name,
      principalScope: input.principalScope,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning();
  if (share) return { share, principals };
  throw shareNameTaken(input.name);
}

async function requireDirectoryScope(tx: Tx, accountId: string): Promise<void> {
  const use = sharingUse(await findDirectory(tx, accountId));
  if (use.isUsable) return;
  throw new CrossvaultError('not_eligible', use.explanation, {
    fields: { principalScope: use.explanation },
    reason: use.reason,
  });
}

export function shareNameTaken(name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `A resource share named ${name} exists already.`, {
    fields: { name: 'Another resource share has this name.' },
    reason: 'name_taken',
  });
}
