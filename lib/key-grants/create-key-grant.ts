import { and, eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { keyGrants, kmsKeys } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { notifyAccount } from '@/lib/notifications';
import { findProject } from '@/lib/projects';
import { defaultRegionId } from '@/lib/regions/schemas';
import { wakeTickerOf } from '@/lib/ticker';
import { writeVerb } from '@/lib/verb';
import { type KeyGrantRow, toKeyGrant } from './internal';
import { checkGrantable, checkGrantee } from './rules';
import { CreateKeyGrant } from './schemas';

/** Shares a key with another account, or with one project of it, so that the engine opens for it what was shared with it. */
export const createKeyGrant = writeVerb({
  action: 'key_grants.create',
  permission: 'keys.manage',
  activity: 'share',
  input: CreateKeyGrant,
  async run({ ctx, tx, input, now, audit }) {
    const [key] = await tx
      .select()
      .from(kmsKeys)
      .where(and(eq(kmsKeys.accountId, ctx.accountId), eq(kmsKeys.id, input.keyId)))
      .for('share');
    if (!key) throw notFound('key');
    checkGrantable(key);
    const grantee = await resolveGrantee(tx, input.grantee);
    checkGrantee(grantee, ctx);
    const grant = await insertGrant(tx, {
      accountId: ctx.accountId,
      id: newId('kg'),
      keyId: key.id,
      granteeAccountId: grantee.accountId,
      granteeProjectId: grantee.projectId,
      createdAt: now,
      createdBy: ctx.actor.name,
    });
    await notifyAccount(tx, {
      accountId: grant.granteeAccountId,
      linkId: grant.id,
      kind: 'share.key_granted',
      severity: 'info',
      title: `${grant.ownerName} shares the key ${key.alias ?? key.id} with this account`,
      body: 'Backups that are shared under it can be accepted.',
      href: `/${defaultRegionId()}/keys?tab=received`,
    });
    // A copy that waited for the key goes on.
    await wakeTickerOf(tx, grant.granteeAccountId);
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      after: { grantId: grant.id, grantee, purpose: grant.purpose },
    });
    return toKeyGrant(grant, ctx.accountId);
  },
});

async function resolveGrantee(tx: Tx, given: string) {
  if (given.length === 16) {
    const [row] = await tx.execute<{ name: string | null }>(sql`select door_account_name(${given}) as name`);
    return { accountId: given, name: row?.name ?? null, projectId: null };
  }
  const project = await findProject(tx, given);
  return { accountId: project?.accountId ?? '', name: project?.accountName ?? null, projectId: given };
}

async function insertGrant(tx: Tx, values: typeof keyGrants.$inferInsert): Promise<KeyGrantRow> {
  try {
    // A savepoint, so that the reason is read from a transaction that still works.
    const [grant] = await tx.transaction((at) =>
      at.insert(keyGrants).values(values).onConflictDoNothing().returning(),
    );
    if (grant) return grant;
  } catch (error) {
    if (!violates(error, 'quota_exceeded')) throw error;
    const why = 'An account gives up to 200 key grants. Retire one first.';
    throw new CrossvaultError('quota_exceeded', why, { reason: 'key_grants', cause: error });
  }
  const why = 'The key is shared with it already.';
  throw new CrossvaultError('already_exists', why, { reason: 'granted_already', fields: { grantee: why } });
}
