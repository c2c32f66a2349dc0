import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeVault } from '@/db/factories';
import { backupPoints, tickers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { archiveBackupPoint, getBackupPoint, listBackupPoints } from '.';

const database = await testDatabase();
const { owner, app, engine } = database;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
const old = { createdAt: inDays(-40), expiresAt: inDays(100) };

const makePlace = (account: TestAccount, given = {}) =>
  makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, ...given });

async function makeOld(account: TestAccount, vault = {}, point = {}) {
  const place = await makePlace(account, vault);
  return makeBackupPoint(owner, { accountId: account.id, vaultId: place.id, ...old, ...point });
}

const rowOf = async (id: string) =>
  (await owner.select().from(backupPoints).where(eq(backupPoints.id, id)))[0]!;

describeWriteVerb(database, {
  verb: archiveBackupPoint,
  arrange: async (account) => ({ id: (await makeOld(account)).id }),
  async check({ out, account, input }) {
    const row = await rowOf(input.id);
    expect(row).toMatchObject({ tier: 'standard', archiveVaultId: null });
    expect(Math.abs(row.archiveAt!.getTime() - Date.now())).toBeLessThan(60_000);
    expect(out).toMatchObject({
      tier: 'standard',
      archiving: { bytesDone: 0, error: null },
      canArchive: false,
    });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).not.toBeNull();
  },
  missing: () => ({ id: 's-nowhere' }),
  audit: { resourceKind: 'backup_point', resourceId: (_, input) => input.id },
});

describe('archiving a point by hand', () => {
  test.each([
    ['too_young_to_archive', {}, { createdAt: inDays(-29) }],
    ['too_late_to_archive', {}, { expiresAt: inDays(59) }],
    ['kind_without_archiving', { kind: 'database' }, { sourceKind: 'database_dump' }],
    ['replica_follows_source', { kind: 'replication_target' }, {}],
  ])('is refused with %s, by the verb and by the database', async (reason, vault, point) => {
    const account = await testAccount(database);
    const { id } = await makeOld(account, vault, point);
    await expect(archiveBackupPoint(account.as('operator'), { id })).rejects.toMatchObject({ reason });
    const shown = await getBackupPoint(account.as('auditor'), { id });
    expect(shown).toMatchObject({ canArchive: false, archiveRefusal: expect.any(String) });
    const past = inAccount(app, account.id, (tx) =>
      tx.update(backupPoints).set({ archiveAt: new Date() }).where(eq(backupPoints.id, id)),
    );
    await expect(past).rejects.toMatchObject({ cause: { code: expect.stringMatching(/^(23514|CV030)$/) } });
  });

  test('is asked for once: while it is on its way it is refused', async () => {
    const account = await testAccount(database);
    const { id } = await makeOld(account);
    await archiveBackupPoint(account.as('operator'), { id });
    await expect(archiveBackupPoint(account.as('operator'), { id })).rejects.toMatchObject({
      reason: 'archiving_under_way',
    });
  });

  test('goes into an archive vault of the same region and encryption, and into no other', async () => {
    const account = await testAccount(database);
    const { id } = await makeOld(account);
    const [fit, elsewhere, standard] = [
      await makePlace(account, { kind: 'archive' }),
      await makePlace(account, { kind: 'archive', region: 'eu-west-1' }),
      await makePlace(account),
    ];
    const stranger = await testAccount(database);
    const theirs = await makePlace(stranger, { kind: 'archive' });
    for (const wrong of [elsewhere, standard]) {
      await expect(
        archiveBackupPoint(account.as('operator'), { id, archiveVaultId: wrong.id }),
      ).rejects.toMatchObject({ reason: 'archive_vault_unfit' });
    }
    await expect(
      archiveBackupPoint(account.as('operator'), { id, archiveVaultId: theirs.id }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await archiveBackupPoint(account.as('operator'), { id, archiveVaultId: fit.id });
    expect((await rowOf(id)).archiveVaultId).toBe(fit.id);
  });

  test('takes nothing out of a locked vault, but archives inside it', async () => {
    const account = await testAccount(database);
    const { id } = await makeOld(account, { lockedAt: new Date() });
    const archive = await makePlace(account, { kind: 'archive' });
    await expect(
      archiveBackupPoint(account.as('operator'), { id, archiveVaultId: archive.id }),
    ).rejects.toMatchObject({ code: 'locked' });
    await archiveBackupPoint(account.as('operator'), { id });
  });
});

describe('the tier of a point', () => {
  test('is not changed by any role but through the archive space of its own lineage, once its time has come', async () => {
    const account = await testAccount(database);
    const point = await makeOld(account);
    const foreign = await makeOld(account);
    const change = (db: typeof app, set: object) =>
      inAccount(db, account.id, (tx) =>
        tx.update(backupPoints).set(set).where(eq(backupPoints.id, point.id)),
      );
    const archived = { tier: 'archive', archivedAt: new Date() };
    await expect(change(app, archived)).rejects.toMatchObject({ cause: { code: '42501' } });
    for (const set of [archived, { ...archived, spaceNo: foreign.spaceNo }, { spaceNo: foreign.spaceNo }]) {
      await expect(change(engine, set)).rejects.toMatchObject({
        cause: { code: expect.stringMatching(/^(CV030|23514)$/) },
      });
    }
  });

  test('filters the list of points', async () => {
    const account = await testAccount(database);
    const { id } = await makeOld(account);
    const list = (tier: 'standard' | 'archive') => listBackupPoints(account.as('auditor'), { tier });
    expect((await list('standard')).items.map((point) => point.id)).toEqual([id]);
    expect((await list('archive')).items).toEqual([]);
  });

  test('of a point that enters an archive vault is archive, and of no other vault', async () => {
    const account = await testAccount(database);
    const cases = [
      ['archive', 'standard'],
      ['standard', 'archive'],
      ['replication_target', 'archive'],
    ] as const;
    for (const [kind, tier] of cases) {
      await expect(makeOld(account, { kind }, { tier })).rejects.toMatchObject({ cause: { code: 'CV030' } });
    }
    await makeOld(account, { kind: 'archive' });
    const filled = await owner.select().from(vaults).where(eq(vaults.accountId, account.id));
    expect(filled.filter((vault) => vault.pointCount > 0)).toMatchObject([
      { kind: 'archive', pointCount: 1, archivePointCount: 1 },
    ]);
  });
});
