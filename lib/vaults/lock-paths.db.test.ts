import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type Database, inAccount } from '@/db/client';
import { makeBackupPoint, makeKmsKey, makeVault } from '@/db/factories';
import { backupPoints, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { deleteBackupPoint } from '@/lib/backup-points';
import { ManualClock } from '@/lib/clock';
import { scheduleKeyDeletion } from '@/lib/keys';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { deleteVault } from '.';

// Every way that a point could go before its time, each with the same attempt on a vault without a lock: that one must
// succeed, or the attempt proves nothing. What the engine does with bytes is in replication-rules.db.test.ts and clock.db.test.ts.

const database = await testDatabase();
const { owner, app, engine } = database;
const dayMs = 86_400_000;

interface Kept {
  account: TestAccount;
  vaultId: string;
  keyId: string;
  pointId: string;
}

async function furnish(isLocked: boolean): Promise<Kept> {
  const account = await testAccount(database);
  const key = await makeKmsKey(owner, { accountId: account.id });
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    name: 'ledger',
    kmsKeyId: key.id,
    lockedAt: isLocked ? new Date() : null,
  });
  const point = await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id });
  return { account, vaultId: vault.id, keyId: key.id, pointId: point.id };
}

const as = (db: Database, statement: (kept: Kept) => ReturnType<typeof sql>) => (kept: Kept) =>
  inAccount(db, kept.account.id, (tx) => tx.execute(statement(kept)));
const late = () => new ManualClock(new Date(Date.now() + 400 * dayMs));

const hide = ({ pointId }: Kept) => sql`update backup_points set status = 'deleting' where id = ${pointId}`;
const remove = ({ pointId }: Kept) => sql`delete from backup_points where id = ${pointId}`;
const removeVault = ({ vaultId }: Kept) => sql`delete from vaults where id = ${vaultId}`;
const endVault = ({ vaultId }: Kept) => sql`update vaults set status = 'deleting' where id = ${vaultId}`;
const shorten = ({ pointId }: Kept) => sql`update backup_points set expires_at = now() where id = ${pointId}`;
const burnKey = ({ keyId }: Kept) =>
  sql`update kms_keys set state = 'destroyed', deletion_at = null, state_before = null, wrapped_material = null
    where id = ${keyId}`;
/** As if its deletion had been scheduled before the vault was locked, and its time had come. */
const due = (burn: (kept: Kept) => Promise<unknown>) => async (kept: Kept) => {
  await owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`update kms_keys set state = 'scheduled', state_before = 'enabled', deletion_at = now()
      where id = ${kept.keyId}`);
  });
  await burn(kept);
};
const dropMaterial = ({ keyId }: Kept) =>
  sql`update kms_keys set wrapped_material = null where id = ${keyId}`;

const paths: [string, (kept: Kept) => Promise<unknown>][] = [
  [
    'the console and the API: deleting the point, also from the restore page',
    ({ account, pointId }) =>
      deleteBackupPoint(account.as('administrator'), { id: pointId, confirm: pointId }),
  ],
  [
    'deleting its vault',
    ({ account, vaultId }) => deleteVault(account.as('administrator'), { id: vaultId, confirm: 'ledger' }),
  ],
  [
    'deleting its vault while the web server believes that it is next year',
    ({ account, vaultId }) =>
      deleteVault(account.as('administrator', { clock: late() }), { id: vaultId, confirm: 'ledger' }),
  ],
  [
    'scheduling the deletion of the key that opens it',
    ({ account, keyId }) =>
      scheduleKeyDeletion(account.as('administrator'), { id: keyId, waitDays: 7, confirm: keyId }),
  ],
  ['SQL of the web server: hiding it', as(app, hide)],
  ['SQL of the web server: ending its vault', as(app, endVault)],
  ['SQL of the web server: destroying its key', due(as(app, burnKey))],
  ['SQL of the web server: dropping the material of its key', as(app, dropMaterial)],
  ['SQL of the engine: hiding it, as expiry and archiving do', as(engine, hide)],
  ['SQL of the engine: deleting its row', as(engine, remove)],
  ['SQL of the engine: ending its vault', as(engine, endVault)],
  ['SQL of the engine: a cascade from its vault', as(engine, removeVault)],
  ['SQL of the engine: destroying its key', due(as(engine, burnKey))],
  ['SQL of the owner of the database: a cascade from its vault', (kept) => owner.execute(removeVault(kept))],
  ['SQL of the owner of the database: a retention made shorter', (kept) => owner.execute(shorten(kept))],
];

describe('a locked point outlives', () => {
  test.each(paths)('%s', async (_, attempt) => {
    const free = await furnish(false);
    await attempt(free);
    const kept = await furnish(true);
    const error: { code?: string; cause?: { code?: string } } | undefined = await attempt(kept).then(
      () => undefined,
      (refused) => refused,
    );
    const codes = [error?.code, error?.cause?.code];
    expect(codes.some((code) => code === 'locked' || code === 'CV001')).toBe(true);
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, kept.pointId));
    expect(point).toMatchObject({ status: 'visible' });
    expect(point!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * dayMs);
    const [key] = await owner.execute(
      sql`select state <> 'destroyed' and wrapped_material is not null as is_whole from kms_keys where id = ${kept.keyId}`,
    );
    expect(key).toEqual({ is_whole: true });
  });

  test.each([
    ['web server', app],
    ['engine', engine],
  ])('the lock being taken off, and any change of its retention, by SQL of the %s', async (_, db) => {
    const kept = await furnish(true);
    const unlock = as(db, ({ vaultId }) => sql`update vaults set locked_at = null where id = ${vaultId}`);
    await expect(unlock(kept)).rejects.toMatchObject({ cause: { code: 'CV001' } });
    const postpone = as(db, ({ vaultId }) => sql`update vaults set locked_at = now() where id = ${vaultId}`);
    await expect(postpone(kept)).rejects.toMatchObject({ cause: { code: 'CV001' } });
    // No retention is ever changed, locked or not: the right is not there.
    for (const one of [kept, await furnish(false)]) {
      await expect(as(db, shorten)(one)).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });

  test('the closing of its account', async () => {
    const kept = await furnish(true);
    await owner.execute(sql`update accounts set state = 'closed' where account_id = ${kept.account.id}`);
    await expect(
      owner.execute(sql`delete from accounts where account_id = ${kept.account.id}`),
    ).rejects.toMatchObject({ cause: { code: '23503' } });
    expect(await owner.$count(backupPoints, eq(backupPoints.id, kept.pointId))).toBe(1);
  });
});

test('a point that was deleted before its vault was locked still goes, and does not come back', async () => {
  const kept = await furnish(false);
  await as(engine, hide)(kept);
  await owner.update(vaults).set({ lockedAt: new Date() }).where(eq(vaults.id, kept.vaultId));
  const revive = as(
    app,
    ({ pointId }) => sql`update backup_points set status = 'visible' where id = ${pointId}`,
  );
  await expect(revive(kept)).rejects.toMatchObject({ cause: { code: 'CV001' } });
  await as(engine, remove)(kept);
  expect(await owner.$count(backupPoints, eq(backupPoints.id, kept.pointId))).toBe(0);
});
