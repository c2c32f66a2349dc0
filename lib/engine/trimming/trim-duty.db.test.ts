import { asc, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { makeBackupPoint, makeReplication, makeUser, makeVault } from '@/db/factories';
import { idempotencyKeys, pointEvents, tickers, userSessions } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { tick } from '@/lib/engine/transfer/test-world';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { trimDuty } from './trim-duty';

const database = await testDatabase();
const { owner } = database;
const environment = await testEnvironment(database);
const days = (count: number) => new Date(Date.now() - count * 86_400_000);
const trim = (account: TestAccount) => trimDuty.run(environment, account.id);

async function eventful(account: TestAccount) {
  const vault = await makeVault(owner, { accountId: account.id, resourceGroupId: account.groupId, head: 4 });
  const kept = await makeBackupPoint(owner, { accountId: account.id, vaultId: vault.id });
  const event = (seq: number, kind: 'committed' | 'deleted', pointId: string, at: Date) => ({
    accountId: account.id,
    vaultId: vault.id,
    seq,
    kind,
    pointId,
    at,
  });
  await owner
    .insert(pointEvents)
    .values([
      event(1, 'committed', 's-gone', days(90)),
      event(2, 'committed', kept.id, days(80)),
      event(3, 'deleted', 's-gone', days(60)),
      event(4, 'deleted', 's-other', days(60)),
    ]);
  const seqs = async () =>
    (
      await owner
        .select()
        .from(pointEvents)
        .where(eq(pointEvents.vaultId, vault.id))
        .orderBy(asc(pointEvents.seq))
    ).map(({ seq }) => seq);
  const collected = () =>
    owner.execute(sql`insert into collections (account_id, vault_id, step, condemned_head)
      values (${account.id}, ${vault.id}, 'done', 4)`);
  return { vault, seqs, collected };
}

describe('trimming', () => {
  test('removes keys, ended sessions and tickets past their age, and nothing younger', async () => {
    const account = await testAccount(database);
    const user = await makeUser(owner, { accountId: account.id });
    const key = { accountId: account.id, verb: 'v', requestSha256: Buffer.alloc(32) };
    await owner.insert(idempotencyKeys).values([
      { ...key, token: 'old', createdAt: days(8) },
      { ...key, token: 'new', createdAt: days(6) },
    ]);
    const session = { accountId: account.id, userId: user.id, version: 1 };
    await owner.insert(userSessions).values([
      { ...session, id: `us-old-${account.id}`, expiresAt: days(31) },
      { ...session, id: `us-ended-${account.id}`, expiresAt: days(-1), endedAt: days(40) },
      { ...session, id: `us-open-${account.id}`, expiresAt: days(-1) },
      { ...session, id: `us-late-${account.id}`, expiresAt: days(29) },
    ]);
    await owner.execute(sql`insert into download_tickets (account_id, token_hash, user_id, point_id, path, expires_at)
      values (${account.id}, sha256(${`old${account.id}`}::bytea), 'u', 's', '', now() - interval '2 days'),
        (${account.id}, sha256(${`new${account.id}`}::bytea), 'u', 's', '', now())`);
    await owner.execute(sql`insert into enrolment_tokens (account_id, id, token_hash, placement, region, created_by, expires_at, used_at)
      values (${account.id}, 'et-old', sha256(${`old${account.id}`}::bytea), 'server', 'r', 'u', now(), now() - interval '31 days'),
        (${account.id}, 'et-new', sha256(${`new${account.id}`}::bytea), 'server', 'r', 'u', now(), null)`);
    expect(await trim(account)).toBe(false);
    const left = async (table: string) => {
      const rows = await owner.execute(
        sql`select * from ${sql.identifier(table)} where account_id = ${account.id}`,
      );
      return rows.length;
    };
    expect(await owner.select({ token: idempotencyKeys.token }).from(idempotencyKeys)).toEqual([
      { token: 'new' },
    ]);
    expect(await left('user_sessions')).toBe(2);
    expect(await left('download_tickets')).toBe(1);
    expect(await left('enrolment_tokens')).toBe(1);
  });

  test('keeps events of points that are there, the newest, and deletions that no collection has seen', async () => {
    const account = await testAccount(database);
    const { seqs, collected } = await eventful(account);
    await trim(account);
    expect(await seqs()).toEqual([2, 3, 4]);
    await collected();
    await trim(account);
    expect(await seqs()).toEqual([2, 4]);
  });

  test('keeps every event that a running replication has not read, and the database holds that rule too', async () => {
    const account = await testAccount(database);
    const { vault, seqs, collected } = await eventful(account);
    await collected();
    const target = await makeVault(owner, {
      accountId: account.id,
      kind: 'replication_target',
      region: 'eu-west-1',
    });
    const { replication } = await makeReplication(owner, { source: vault, target });
    await trim(account);
    expect(await seqs()).toEqual([1, 2, 3, 4]);
    const direct = inAccount(database.engine, account.id, (tx) =>
      tx.execute(sql`delete from point_events where vault_id = ${vault.id} and seq = 1`),
    );
    await expect(direct).rejects.toMatchObject({ cause: { code: 'CV023' } });
    await owner.execute(sql`update replications set seen_seq = 4 where id = ${replication.id}`);
    await trim(account);
    expect(await seqs()).toEqual([2, 4]);
  });

  test('comes once a day, and not before an account is a day old', async () => {
    const account = await testAccount(database);
    await owner.insert(tickers).values({ accountId: account.id });
    const steps = async () => (await tick({ environment }, account.id)).steps;
    expect(await steps()).not.toContain('duty');
    await owner.execute(
      sql`update accounts set created_at = now() - interval '25 hours' where account_id = ${account.id}`,
    );
    expect(await steps()).toContain('duty');
    expect(await steps()).not.toContain('duty');
  });

  test('leaves other accounts alone', async () => {
    const [account, stranger] = [await testAccount(database), await testAccount(database)];
    const theirs = await eventful(stranger);
    await theirs.collected();
    await trim(account);
    expect(await theirs.seqs()).toEqual([1, 2, 3, 4]);
  });
});
