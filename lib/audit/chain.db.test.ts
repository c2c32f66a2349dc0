import { createPublicKey, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { auditChain, auditHeads, auditSignedHeads } from '@/db/schema';
import { migrationsFolder } from '@/db/testing/constants';
import { emptyDatabase, testDatabase } from '@/db/testing/harness';
import type { Context } from '@/lib/context';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { tick } from '@/lib/engine/transfer/test-world';
import { createResourceGroup } from '@/lib/resource-groups';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { checkAuditChain, exportSignedAudit, getAuditChain, getSignedHead } from '.';
import { signHead } from './sign-head';
import { newSigningKey } from './signing-key';
import { verifyExport } from './verify-chain';

const database = await testDatabase();
const { owner, app, engine } = database;
const secret = randomBytes(32);
const gateway = await TestGateway.start(database, secret);
const { dataFolder, auditKey } = gateway.vaults;
mkdirSync(join(dataFolder, 'secrets'), { recursive: true });
writeFileSync(join(dataFolder, 'secrets/internal'), secret.toString('hex'));
process.env.CROSSVAULT_DATA_DIR = dataFolder;
process.env.ENGINE_URL = `https://127.0.0.1:${gateway.gateway.port}`;
const publicKey = createPublicKey({ key: auditKey.publicKey, type: 'spki', format: 'der' });

const linksOf = (accountId: string) =>
  owner.select().from(auditChain).where(eq(auditChain.accountId, accountId)).orderBy(asc(auditChain.seq));

async function audited(count: number): Promise<TestAccount> {
  const account = await testAccount(database);
  for (let i = 0; i < count; i++)
    await createResourceGroup(account.as('administrator'), { name: `group ${i} “${'é'.repeat(i)}”` });
  return account;
}

async function exported(ctx: Context): Promise<string[]> {
  let text = '';
  for await (const piece of exportSignedAudit(ctx)) text += piece;
  return text.split('\n').filter(Boolean);
}

async function* from(lines: string[]) {
  yield* lines;
}
const check = async (account: TestAccount) =>
  verifyExport(from(await exported(account.as('auditor'))), { publicKey });

/** Past the append-only rule, as whoever owns the database server can. */
const tamper = (statement: ReturnType<typeof sql>) =>
  owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(statement);
  });

describe('the audit chain', () => {
  test('links every row of an account in the order of commits, whoever writes it', async () => {
    const account = await audited(3);
    const links = await linksOf(account.id);
    expect(links.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(links[0]!.previous).toEqual(Buffer.alloc(32));
    expect(links.slice(1).map(({ previous }) => previous)).toEqual(links.slice(0, 2).map(({ hash }) => hash));
    const [head] = await owner.select().from(auditHeads).where(eq(auditHeads.accountId, account.id));
    expect(head).toMatchObject({ seq: 3, hash: links[2]!.hash });
  });

  test('has no gap and no fork when many write at once', async () => {
    const account = await testAccount(database);
    await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        createResourceGroup(account.as('administrator'), { name: `at once ${i}` }),
      ),
    );
    expect((await linksOf(account.id)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );
    expect(await checkAuditChain(account.as('auditor'), {})).toEqual({ rows: 16, firstBadSeq: null });
  });

  test('keeps no number for a row that was rolled back', async () => {
    const account = await audited(1);
    await createResourceGroup(account.as('administrator'), { name: 'group 0 “”' }).catch(() => {});
    await createResourceGroup(account.as('administrator'), { name: 'fresh' });
    expect((await linksOf(account.id)).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('is written by nobody directly, and neither rows nor links are changed or deleted by any role', async () => {
    const account = await audited(1);
    for (const db of [app, engine]) {
      for (const statement of [
        sql`insert into audit_chain (account_id, seq, event_id, previous, hash)
          values (${account.id}, 2, 999999, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))`,
        sql`update audit_heads set seq = 0`,
        sql`delete from audit_signed_heads`,
      ])
        await expect(inAccount(db, account.id, (tx) => tx.execute(statement))).rejects.toMatchObject({
          cause: { code: '42501' },
        });
    }
    for (const statement of [
      sql`update audit_events set actor_name = 'x' where account_id = ${account.id}`,
      sql`delete from audit_events where account_id = ${account.id}`,
      sql`delete from audit_chain where account_id = ${account.id}`,
      sql`truncate audit_events`,
    ])
      await expect(owner.execute(statement)).rejects.toMatchObject({ cause: { code: 'CV021' } });
  });

  test('takes its hashes over a canonical text that stays as it is', async () => {
    const golden = JSON.parse(await readFile(join(import.meta.dirname, 'golden-row.json'), 'utf8'));
    const [row] = await owner.execute<{ text: string; hash: string }>(sql`
      select audit_text(e) as text,
        encode(audit_hash(e.account_id, 7, decode(repeat('ab', 32), 'hex'), audit_text(e)), 'hex') as hash
      from (select r.* from jsonb_populate_record(null::audit_events, ${JSON.stringify(golden.row)}::jsonb) r) e`);
    expect(row).toEqual({ text: golden.text, hash: golden.hash });
  });
});

test('rows from before the chain are chained by the migration, in their order', async () => {
  const url = await emptyDatabase();
  const old = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const names = (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort();
    const at = names.findIndex((name) => name.includes('audit_chain'));
    const apply = async (name: string) => old.unsafe(await readFile(join(migrationsFolder, name), 'utf8'));
    await old.unsafe(
      'create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
    );
    for (const name of names.slice(0, at)) await apply(name);
    await old.unsafe(`insert into accounts (account_id, name) values ('1234567890123456', 'Old')`);
    for (const action of ['first', 'second'])
      await old.unsafe(`insert into audit_events (account_id, actor_kind, actor_id, actor_name, action, resource_kind,
        resource_id, request_id) values ('1234567890123456', 'user', 'u', 'u', '${action}', 'k', 'r', 'q')`);
    await apply(names[at]!);
    const links =
      await old.unsafe(`select c.seq::int, e.action, c.hash = audit_hash(c.account_id, c.seq, c.previous, audit_text(e)) as sound
      from audit_chain c join audit_events e on e.id = c.event_id order by c.seq`);
    expect([...links]).toEqual([
      { seq: 1, action: 'first', sound: true },
      { seq: 2, action: 'second', sound: true },
    ]);
  } finally {
    await old.end();
  }
});

describe('a signed export', () => {
  test('of an account is sound, byte for byte what the database hashed', async () => {
    const account = await audited(5);
    expect(await check(account)).toMatchObject({ accountId: account.id, rows: 5, isKeyGiven: true });
  });

  test('is for administrators and auditors, of their own account', async () => {
    const account = await audited(1);
    await expect(exported(account.as('operator'))).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await testAccount(database);
    await expect(exported(stranger.as('auditor'))).rejects.toMatchObject({ code: 'not_found' });
  });

  test.each([
    [
      'a changed row',
      (id: string) => sql`update audit_events set resource_name = 'other' where account_id = ${id}
      and id = (select event_id from audit_chain where account_id = ${id} and seq = 2)`,
      2,
    ],
    [
      'a removed row',
      (id: string) => sql`delete from audit_events where account_id = ${id}
      and id = (select event_id from audit_chain where account_id = ${id} and seq = 2)`,
      2,
    ],
    ['a removed tail', (id: string) => sql`delete from audit_chain where account_id = ${id} and seq >= 3`, 3],
    [
      'two rows in each other’s place',
      (
        id: string,
      ) => sql`with moved as (select seq, event_id from audit_chain where account_id = ${id} and seq in (2, 3))
        update audit_events e set action = (select o.action from audit_events o where o.id =
          (select event_id from moved where event_id <> e.id)), resource_id = (select o.resource_id from audit_events o
          where o.id = (select event_id from moved where event_id <> e.id))
        where e.id in (select event_id from moved)`,
      2,
    ],
  ])('and the check in the console find %s', async (_, statement, row) => {
    const account = await audited(4);
    await tamper(statement(account.id));
    await expect(check(account)).rejects.toMatchObject({
      code: 'corrupt_data',
      message: expect.stringMatching(new RegExp(`^Row ${row} `)),
    });
    expect(await checkAuditChain(account.as('auditor'), {})).toMatchObject({ firstBadSeq: row });
  });
});

describe('the head', () => {
  test('is signed by the engine once for each state, and by its ticker an hour after the last time', async () => {
    const account = await audited(2);
    const first = await getSignedHead(account.as('auditor'), {});
    expect(await getSignedHead(account.as('auditor'), {})).toEqual(first);
    expect(await getAuditChain(account.as('auditor'), {})).toMatchObject({
      rows: 2,
      signed: { seq: 2, keyId: auditKey.id },
    });
    const ticked = () => tick({ environment: gateway.vaults }, account.id);
    await createResourceGroup(account.as('administrator'), { name: 'later' });
    expect((await ticked()).steps).not.toContain('duty');
    await tamper(
      sql`update audit_signed_heads set signed_at = signed_at - interval '2 hours' where account_id = ${account.id}`,
    );
    expect((await ticked()).steps).toContain('duty');
    expect(await getAuditChain(account.as('auditor'), {})).toMatchObject({ signed: { seq: 3 } });
    expect((await ticked()).steps).not.toContain('duty');
  });

  test('is signed by nobody in the web process, and an engine signs no other account', async () => {
    const [account, stranger] = [await audited(1), await audited(1)];
    await expect(signHead(app, account.id, newSigningKey(), new Date())).rejects.toMatchObject({
      cause: { code: '42501' },
    });
    await signHead(engine, account.id, auditKey, new Date());
    expect(
      await owner.select().from(auditSignedHeads).where(eq(auditSignedHeads.accountId, stranger.id)),
    ).toEqual([]);
  });
});
