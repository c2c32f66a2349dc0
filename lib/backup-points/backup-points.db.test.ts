import { text } from 'node:stream/consumers';
import { desc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { makeBackupPoint, makeKmsKey, makeVault } from '@/db/factories';
import {
  auditEvents,
  backupPoints,
  downloadTickets,
  kmsKeys,
  pointEvents,
  replicationPoints,
  replications,
  tickers,
  users,
  vaults,
} from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock, systemClock } from '@/lib/clock';
import { verifyInternalToken } from '@/lib/engine/gateway/internal-token';
import { listenTls, testInstallation } from '@/lib/testing/installation';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import {
  createDownloadTicket,
  deleteBackupPoint,
  getBackupPoint,
  listBackupPoints,
  listEntries,
  redeemDownloadTicket,
} from '.';

const database = await testDatabase();
const { owner, engine } = database;
const { certificate, secret } = await testInstallation();
const door = { db: engine, clock: systemClock };

const makePlace = (account: TestAccount, given = {}) =>
  makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, ...given });

async function makePoint(account: TestAccount, vault = {}, point = {}) {
  const place = await makePlace(account, vault);
  return makeBackupPoint(owner, { accountId: account.id, vaultId: place.id, ...point });
}

/** A replication of one vault of `account` into a target vault of the same account in another region. */
async function replicate(account: TestAccount, state: 'active' | 'stopped' = 'active') {
  const source = await makePlace(account);
  const target = await makePlace(account, { kind: 'replication_target', region: 'cn-beijing' });
  const id = `rep-${target.id}`;
  await owner.insert(replications).values({
    accountId: account.id,
    id,
    sourceAccountId: account.id,
    sourceAccountName: account.name,
    sourceVaultId: source.id,
    sourceVaultName: source.name,
    sourceRegion: source.region,
    targetVaultId: target.id,
    targetVaultName: target.name,
    targetAccountName: account.name,
    targetRegion: target.region,
    state,
    createdBy: 'test',
  });
  return { id, source, target };
}

describeWriteVerb(database, {
  verb: deleteBackupPoint,
  async arrange(account) {
    const { id } = await makePoint(account);
    return { id, confirm: id };
  },
  async check({ out, account, input }) {
    const [row] = await owner.select().from(backupPoints).where(eq(backupPoints.id, input.id));
    expect(row!.status).toBe('deleting');
    const events = await owner.select().from(pointEvents).where(eq(pointEvents.vaultId, out.vault.id));
    expect(events).toMatchObject([{ kind: 'deleted', pointId: input.id, seq: 1 }]);
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, out.vault.id));
    expect(vault).toMatchObject({ head: 1, pointCount: 0 });
    const [ticker] = await owner.select().from(tickers).where(eq(tickers.accountId, account.id));
    expect(ticker?.dueAt).not.toBeNull();
  },
  missing: () => ({ id: 's-nowhere', confirm: 's-nowhere' }),
  audit: { resourceKind: 'backup_point', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: createDownloadTicket,
  arrange: async (account) => ({ pointId: (await makePoint(account)).id, path: 'srv/report%20of%20may.pdf' }),
  async check({ out, account, input }) {
    const token = new URL(out.url).pathname.replace('/download/', '');
    expect(out.url).toBe(`https://127.0.0.1:8443/download/${token}`);
    const audit = await owner.select().from(auditEvents).where(eq(auditEvents.accountId, account.id));
    expect(JSON.stringify(audit)).not.toContain(token);
    expect(await redeemDownloadTicket(door, token)).toMatchObject({ accountId: account.id, ...input });
  },
  missing: (input) => ({ ...input, pointId: 's-nowhere' }),
  isAnswerSecret: true,
  audit: { resourceKind: 'backup_point', resourceId: (_, input) => input.pointId },
});

describe('deleting a point', () => {
  const attempt = (account: TestAccount, id: string, confirm = id) =>
    deleteBackupPoint(account.as('administrator'), { id, confirm });

  test('needs its id typed', async () => {
    const account = await testAccount(database);
    const { id } = await makePoint(account);
    await expect(attempt(account, id, 'yes')).rejects.toMatchObject({
      fields: { confirm: expect.any(String) },
    });
  });

  test('is refused under a lock, by the rule and by the database behind it', async () => {
    const account = await testAccount(database);
    const { id } = await makePoint(account, { lockedAt: new Date() });
    await expect(attempt(account, id)).rejects.toMatchObject({ code: 'locked' });
    // A clock that runs ahead passes the rule; the database goes by its own.
    const clock = new ManualClock(new Date(Date.now() + 400 * 86_400_000));
    const ahead = deleteBackupPoint(account.as('administrator', { clock }), { id, confirm: id });
    await expect(ahead).rejects.toMatchObject({ code: 'locked' });
    const [row] = await owner.select().from(backupPoints).where(eq(backupPoints.id, id));
    expect(row!.status).toBe('visible');
  });

  test('at a target is refused until its replication has stopped, and never touches the source', async () => {
    const account = await testAccount(database);
    const { id, source, target } = await replicate(account);
    const original = await makeBackupPoint(owner, { accountId: account.id, vaultId: source.id });
    const copy = await makeBackupPoint(owner, {
      accountId: account.id,
      vaultId: target.id,
      originVaultId: source.id,
      originPointId: original.id,
    });
    await expect(attempt(account, copy.id)).rejects.toMatchObject({ reason: 'replication_active' });
    await owner.update(replications).set({ state: 'stopped' }).where(eq(replications.id, id));
    await attempt(account, copy.id);
    expect(await getBackupPoint(account.as('auditor'), { id: original.id })).toMatchObject({
      canDelete: true,
    });
  });

  test('gives events their numbers in the order of their commits', async () => {
    const account = await testAccount(database);
    const place = await makePlace(account);
    const points = [];
    for (let index = 0; index < 12; index++) {
      points.push(await makeBackupPoint(owner, { accountId: account.id, vaultId: place.id }));
    }
    await Promise.all(points.map((point) => attempt(account, point.id)));
    const events = await owner
      .select()
      .from(pointEvents)
      .where(eq(pointEvents.vaultId, place.id))
      .orderBy(desc(pointEvents.seq));
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 12 }, (_, index) => 12 - index));
    expect(new Set(events.map((event) => event.pointId)).size).toBe(12);
  });

  test('happens once when two ask at the same time', async () => {
    const account = await testAccount(database);
    const { id, vaultId } = await makePoint(account);
    const results = await Promise.allSettled([attempt(account, id), attempt(account, id)]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const events = await owner.select().from(pointEvents).where(eq(pointEvents.vaultId, vaultId));
    expect(events).toHaveLength(1);
  });
});

describe('the list of points', () => {
  test('pages from the newest capture, filters, and leaves out what is being deleted', async () => {
    const account = await testAccount(database);
    const [near, far] = [await makePlace(account), await makePlace(account, { region: 'eu-central-1' })];
    for (let day = 1; day <= 5; day++) {
      const createdAt = new Date(`2026-05-0${day}T10:00:00Z`);
      const place = day % 2 ? near : far;
      const given = { createdAt, sourceName: `host ${day}`, sourceId: `ds-${day % 2}` };
      await makeBackupPoint(owner, { accountId: account.id, vaultId: place.id, ...given });
    }
    await makePoint(account, {}, { status: 'deleting' });
    const ctx = account.as('auditor');
    const first = await listBackupPoints(ctx, { limit: 3 });
    const second = await listBackupPoints(ctx, { limit: 3, cursor: first.nextCursor! });
    const names = [...first.items, ...second.items].map((item) => item.source.name);
    expect(names).toEqual(['host 5', 'host 4', 'host 3', 'host 2', 'host 1']);
    expect([first.total, second.nextCursor]).toEqual([5, null]);
    expect((await listBackupPoints(ctx, { region: 'eu-central-1' })).total).toBe(2);
    expect((await listBackupPoints(ctx, { vaultId: near.id, sourceId: 'ds-1' })).total).toBe(3);
    expect((await listBackupPoints(ctx, { query: 'HOST 4' })).items).toHaveLength(1);
    const stranger = await testAccount(database);
    expect((await listBackupPoints(stranger.as('administrator'), {})).items).toEqual([]);
    await expect(
      getBackupPoint(stranger.as('administrator'), { id: first.items[0]!.id }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  test('tells of each point whether it has reached the target', async () => {
    const account = await testAccount(database);
    const { id, source, target } = await replicate(account);
    const states: Record<string, string> = {};
    for (const state of ['copied', 'pending', 'skipped'] as const) {
      const point = await makeBackupPoint(owner, { accountId: account.id, vaultId: source.id });
      states[point.id] = { copied: 'yes', pending: 'pending', skipped: 'no' }[state];
      await owner.insert(replicationPoints).values({
        accountId: account.id,
        replicationId: id,
        sourcePointId: point.id,
        state,
        isHistory: true,
        capturedAt: point.createdAt,
        committedAt: point.committedAt,
        sourceBytes: 1,
      });
    }
    const copy = await makeBackupPoint(owner, { accountId: account.id, vaultId: target.id });
    states[copy.id] = 'not_applicable';
    const { items } = await listBackupPoints(account.as('auditor'), {});
    expect(Object.fromEntries(items.map((item) => [item.id, item.replicated]))).toEqual(states);
    expect(items.find((item) => item.id === copy.id)).toMatchObject({ isReplica: true, canDelete: false });
  });
});

describe('a download ticket', () => {
  const tokenOf = (url: string) => new URL(url).pathname.split('/').at(-1)!;
  const ask = async (account: TestAccount, overrides = {}) =>
    createDownloadTicket(account.as('operator', overrides), {
      pointId: (await makePoint(account)).id,
      path: 'a',
    });

  test('works once, whoever is first', async () => {
    const account = await testAccount(database);
    const token = tokenOf((await ask(account)).url);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => redeemDownloadTicket(door, token)),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'expired' });
    }
  });

  test('is over after a minute, and its row goes with the next one', async () => {
    const account = await testAccount(database);
    const clock = new ManualClock(new Date());
    const token = tokenOf((await ask(account, { clock })).url);
    clock.advance(60_000);
    await expect(redeemDownloadTicket({ db: engine, clock }, token)).rejects.toMatchObject({
      code: 'expired',
    });
    await expect(redeemDownloadTicket(door, 'cvd_guess')).rejects.toMatchObject({ code: 'not_found' });
    clock.advance(1);
    await ask(account, { clock });
    expect(
      await owner.select().from(downloadTickets).where(eq(downloadTickets.accountId, account.id)),
    ).toHaveLength(1);
  });

  test('is worth nothing once its user has lost the role or was disabled', async () => {
    for (const change of [{ role: 'auditor' as const }, { disabledAt: new Date() }]) {
      const account = await testAccount(database);
      const token = tokenOf((await ask(account)).url);
      await owner
        .update(users)
        .set(change)
        .where(eq(users.id, account.as('operator').actor.userId));
      await expect(redeemDownloadTicket(door, token)).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('is refused for a point that has expired and for a vault without its key', async () => {
    const account = await testAccount(database);
    const expired = await makePoint(account, {}, { expiresAt: new Date(Date.now() - 1000) });
    const key = await makeKmsKey(owner, { accountId: account.id });
    const sealed = await makePoint(account, { kmsKeyId: key.id });
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, key.id));
    const ctx = account.as('operator');
    await expect(createDownloadTicket(ctx, { pointId: expired.id, path: 'a' })).rejects.toMatchObject({
      code: 'expired',
    });
    await expect(createDownloadTicket(ctx, { pointId: sealed.id, path: 'a' })).rejects.toMatchObject({
      code: 'key_unavailable',
    });
  });
});

describe('the entries of a point', () => {
  test('are asked of the engine for this account, user and point, and of nobody for a stranger', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const { id } = await makePoint(account);
    let asked = 0;
    process.env.ENGINE_URL = await listenTls(certificate, async (request, response) => {
      asked += 1;
      const token = request.headers.authorization!.slice('Bearer '.length);
      const claims = verifyInternalToken(secret, token, 'entries', new Date());
      const body = JSON.parse(await text(request)) as { path: string };
      const name = `${claims.accountId} ${claims.userId} ${claims.pointId} ${body.path}`;
      const entry = {
        name,
        path: 'x',
        type: 'file',
        sizeBytes: 1,
        fileCount: 1,
        mode: 420,
        linkTarget: null,
      };
      response.end(
        JSON.stringify({ entries: [{ ...entry, modifiedAt: '2026-05-01T10:00:00.000Z' }], nextCursor: null }),
      );
    });
    const ctx = account.as('operator');
    const { entries } = await listEntries(ctx, { pointId: id, path: 'srv' });
    expect(entries[0]!.name).toBe(`${account.id} ${ctx.actor.userId} ${id} srv`);
    await expect(listEntries(stranger.as('operator'), { pointId: id })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(listEntries(account.as('auditor'), { pointId: id })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(asked).toBe(1);
  });
});
