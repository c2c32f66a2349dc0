import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type Database, inAccount } from './client';
import {
  makeAccount,
  makeBackupPoint,
  makeClient,
  makeDisk,
  makeKmsKey,
  makeServer,
  makeUser,
  makeVault,
} from './factories';
import { testDatabase } from './testing/harness';

// The catalogue says which tables there are, so that a new one is under test from its first day.

const { owner, app, engine } = await testDatabase();
const roles: [string, Database][] = [
  ['crossvault_app', app],
  ['crossvault_engine', engine],
];

/** No tenant's rows: the clock, the operator's prices and regions, who has failed to sign in, the files that were migrated,
 * what anyone may seal with. */
const withoutAccount = [
  'clock_guard',
  'price_lists',
  'region_offers',
  'schema_migrations',
  'sealing_keys',
  'sign_in_throttles',
  'zone_health',
];
/** Its wall is that of its space; see the policies of `chunks`. */
const walledBySpace = ['chunks'];
/** Account and time only; the engine serves all accounts by it. */
const engineSeesAll = ['tickers'];

interface Table extends Record<string, unknown> {
  name: string;
  has_account: boolean;
  is_enabled: boolean;
  is_forced: boolean;
  owner: string;
}

const tables = await owner.execute<Table>(sql`
  select c.relname as name, c.relrowsecurity as is_enabled, c.relforcerowsecurity as is_forced,
    pg_get_userbyid(c.relowner) as owner,
    exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and a.attnum > 0) as has_account
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`);
const tenantTables = tables.filter((table) => table.has_account).map((table) => table.name);
const walled = [...tenantTables, ...walledBySpace];

const first = await furnish();
const second = await furnish();

/** An account with at least one row in every tenant table. */
async function furnish(): Promise<{ accountId: string; vaultId: string; shareId: string; keyId: string }> {
  const { account, group } = await makeAccount(owner);
  const { accountId } = account;
  const place = { accountId, resourceGroupId: group.id };
  const user = await makeUser(owner, { accountId });
  const key = await makeKmsKey(owner, { accountId });
  const vault = await makeVault(owner, { ...place, kmsKeyId: key.id });
  const target = await makeVault(owner, {
    ...place,
    kind: 'replication_target',
    region: 'eu-west-1',
    kmsKeyId: key.id,
  });
  await makeVault(owner, { ...place, kind: 'trial_oss' });
  const client = await makeClient(owner, { accountId });
  const point = await makeBackupPoint(owner, { accountId, vaultId: vault.id });
  const replica = await makeBackupPoint(owner, { accountId, vaultId: target.id });
  await makeDisk(owner, { accountId, serverId: (await makeServer(owner, { accountId })).id, position: 0 });
  const id = (prefix: string) => `${prefix}-${accountId}`;
  const longId = (prefix: string) => `${prefix}-${accountId.padStart(20, '0')}`;
  const statements: Record<string, ReturnType<typeof sql>> = {
    access_keys: sql`(account_id, id, user_id, name, secret_hash)
      values (${accountId}, ${id('ak')}, ${user.id}, 'k', sha256(${accountId}::bytea))`,
    idempotency_keys: sql`(account_id, verb, token, request_sha256) values (${accountId}, 'v', 't', 'x')`,
    audit_events: sql`(account_id, actor_kind, actor_id, actor_name, action, resource_kind, resource_id, request_id)
      values (${accountId}, 'user', 'u', 'u', 'a', 'k', 'r', 'q')`,
    audit_signed_heads: sql`(account_id, seq, hash, signed_at, key_id, public_key, signature)
      values (${accountId}, 1, sha256('x'), now(), 'k', 'p', sha512('x'))`,
    notifications: sql`(account_id, id, kind, severity, title) values (${accountId}, ${id('n')}, 'k', 'info', 't')`,
    user_sessions: sql`(account_id, id, user_id, version, expires_at)
      values (${accountId}, ${id('us')}, ${user.id}, 1, now())`,
    vault_keys: sql`(account_id, vault_id, version, wrapped, wrapped_by) values (${accountId}, ${vault.id}, 1, 'x', 'service')`,
    pins: sql`(account_id, vault_id, work_kind, work_id) values (${accountId}, ${vault.id}, 'backup', 'w')`,
    packs: sql`(account_id, vault_id, space_no, sha256, size_bytes, key_version)
      values (${accountId}, ${vault.id}, ${point.spaceNo}, sha256(${accountId}::bytea), 1, 1)`,
    vault_zones: sql`(account_id, vault_id, zone) values (${accountId}, ${vault.id}, 'a')`,
    zone_debts: sql`(account_id, vault_id, zone, object_name, kind, reason)
      values (${accountId}, ${vault.id}, 'a', 'points/s', 'put', 'missing')`,
    verifications: sql`(account_id, vault_id, id, scope, created_by)
      values (${accountId}, ${vault.id}, ${id('vf')}, 'all', 'u')`,
    vault_damages: sql`(account_id, vault_id, object_name, kind, found_by)
      values (${accountId}, ${vault.id}, 'points/s', 'corrupt', 'read')`,
    collections: sql`(account_id, vault_id) values (${accountId}, ${vault.id})`,
    images: sql`(account_id, id, region, name, point_id, source_name, created_by)
      values (${accountId}, ${longId('img')}, 'cn-hangzhou', 'n', ${point.id}, 's', 'u')`,
    image_disks: sql`(account_id, id, image_id, position, name, pool, format, size_bytes)
      values (${accountId}, ${longId('imgd')}, ${longId('img')}, 0, 'd', 'default', 'raw', 1)`,
    disk_key_permissions: sql`(account_id, region, granted_by) values (${accountId}, 'cn-hangzhou', 'u')`,
    enrolment_tokens: sql`(account_id, id, token_hash, placement, region, created_by, expires_at)
      values (${accountId}, ${id('et')}, sha256(${accountId}::bytea), 'server', 'cn-hangzhou', 'u', now())`,
    file_systems: sql`(account_id, id, region, kind, name, mount_path, fs_type, fs_source, fs_root)
      values (${accountId}, ${id('fs')}, 'cn-hangzhou', 'nas', 'f', ${`/mnt/${accountId}`}, 'ext4', '/dev/sdb', '/')`,
    data_sources: sql`(account_id, id, kind, client_id, name)
      values (${accountId}, ${id('ds')}, 'local_file', ${client.id}, 'd')`,
    source_secrets: sql`(account_id, source_id, sealed) values (${accountId}, ${id('ds')}, 'x')`,
    source_questions: sql`(account_id, id, client_id, ask, body, created_by)
      values (${accountId}, ${id('sq')}, ${client.id}, 'check', '{}', 'u')`,
    point_events: sql`(account_id, vault_id, seq, kind, point_id) values (${accountId}, ${vault.id}, 1, 'committed', ${point.id})`,
    jobs: sql`(account_id, id, kind, client_id, vault_id, spec, created_by)
      values (${accountId}, ${id('job')}, 'backup', ${client.id}, ${vault.id}, '{}', 'u')`,
    hana_objects: sql`(account_id, point_id, ebid, source_id, user_name, path, size_bytes, saved_at)
      values (${accountId}, ${point.id}, gen_random_uuid(), 'ds', 'HXE@HXE', '/o', 1, now())`,
    hana_prepared_points: sql`(account_id, job_id, point_id, source_id, expires_at)
      values (${accountId}, ${id('job')}, ${point.id}, 'ds', now())`,
    download_tickets: sql`(account_id, token_hash, user_id, point_id, path, expires_at)
      values (${accountId}, sha256(${accountId}::bytea), ${user.id}, ${point.id}, '', now())`,
    resource_shares: sql`(account_id, id, name) values (${accountId}, ${id('rs')}, 's')`,
    resource_share_vaults: sql`(account_id, share_id, vault_id) values (${accountId}, ${id('rs')}, ${target.id})`,
    resource_share_keys: sql`(account_id, share_id, key_id) values (${accountId}, ${id('rs')}, ${key.id})`,
    resource_share_principals: sql`(account_id, share_id, principal_type, principal_id)
      values (${accountId}, ${id('rs')}, 'account', '9999999999999999')`,
    invitations: sql`(account_id, id, share_id, share_name, recipient_account_id, owner_name, permission, status, expires_at)
      values (${accountId}, ${id('i')}, ${id('rs')}, 's', '9999999999999999', 'o', 'p', 'accepted', now())`,
    replications: sql`(account_id, id, source_account_id, source_account_name, source_vault_id, source_vault_name,
        source_region, target_vault_id, target_vault_name, target_account_name, target_region, created_by)
      values (${accountId}, ${id('rep')}, ${accountId}, 'a', ${vault.id}, 'v', 'cn-hangzhou', ${target.id}, 't', 'a',
        'eu-west-1', 'u')`,
    replication_points: sql`(account_id, replication_id, source_point_id, is_history, captured_at, committed_at, source_bytes)
      values (${accountId}, ${id('rep')}, ${point.id}, true, now(), now(), 1)`,
    replication_samples: sql`(account_id, replication_id, at, copied_bytes, lag_points, lag_seconds)
      values (${accountId}, ${id('rep')}, now(), 0, 0, 0)`,
    usage_hours: sql`(account_id, vault_id, meter, hour, quantity)
      values (${accountId}, ${vault.id}, 'storage_standard', '2026-01-01T00:00:00Z', 1)`,
    restored_batches: sql`(account_id, job_id, batch_no, names) values (${accountId}, ${id('job')}, 0, '')`,
    vault_tags: sql`(account_id, vault_id, key) values (${accountId}, ${vault.id}, 'team')`,
    capacity_plans: sql`(account_id, id, name, capacity_bytes, starts_at, ends_at, created_by)
      values (${accountId}, ${id('cp')}, 'p', 1, date_trunc('day', now(), 'UTC'),
        date_trunc('day', now(), 'UTC') + interval '1 day', 'u')`,
    archivings: sql`(account_id, point_id, vault_id, target_vault_id)
      values (${accountId}, ${point.id}, ${vault.id}, ${vault.id})`,
    replica_removals: sql`(account_id, replication_id, vault_id, point_id, source_point_id, archived_at)
      values (${accountId}, ${id('rep')}, ${target.id}, ${replica.id}, ${point.id}, now())`,
    policies: sql`(account_id, id, name, created_by, updated_by)
      values (${accountId}, ${longId('po')}, 'p', 'u', 'u')`,
    policy_rules: sql`(account_id, id, policy_id, position, name, schedule_kind, cron, time_zone, start_at, retention_days)
      values (${accountId}, ${longId('pr')}, ${longId('po')}, 0, 'r', 'cron', '0 2 * * *', 'UTC', now(), 30)`,
    policy_bindings: sql`(account_id, id, policy_id, source_id, vault_id, paths, created_by)
      values (${accountId}, ${longId('pb')}, ${longId('po')}, ${id('ds')}, ${vault.id}, '["/srv"]', 'u')`,
    policy_timers: sql`(account_id, binding_id, rule_id) values (${accountId}, ${longId('pb')}, ${longId('pr')})`,
    policy_runs: sql`(account_id, id, policy_id, policy_name, rule_id, rule_name, binding_id, source_id, source_name,
        vault_id, vault_name, vault_region, cause, state, run_at, ended_at, started_by)
      values (${accountId}, ${longId('run')}, ${longId('po')}, 'p', ${longId('pr')}, 'r', ${longId('pb')}, ${id('ds')}, 'd',
        ${vault.id}, 'v', 'cn-hangzhou', 'schedule', 'missed', now(), now(), 'u')`,
    directories: sql`(account_id, id, root_folder_id) values (${accountId}, ${id('rd')}, ${id('r')})`,
    directory_invitations: sql`(account_id, id, directory_id, management_name, recipient_account_id, folder_id, expires_at)
      values (${accountId}, ${id('h')}, ${id('rd')}, 'm', '9999999999999999', ${id('r')}, now())`,
    alert_contacts: sql`(account_id, id, place, kind, name, address, topics, least_severity)
      values (${accountId}, ${id('ac')}, 1, 'email', 'c', 'a@example.com', '{keys}', 'info')`,
    alert_deliveries: sql`(account_id, id, contact_id, purpose, kind, severity, title)
      values (${accountId}, ${id('ad')}, ${id('ac')}, 'test', 'k', 'info', 't')`,
    projects: sql`(account_id, region, id) values (${accountId}, 'cn-hangzhou', md5(${accountId}))`,
    key_grants: sql`(account_id, id, key_id, grantee_account_id, created_by)
      values (${accountId}, ${longId('kg')}, ${key.id}, '9999999999999999', 'u')`,
    backup_shares: sql`(account_id, id, point_id, vault_id, recipient_account_id, recipient_project_id, slot, created_by)
      values (${accountId}, ${longId('bs')}, ${id('gone')}, 'v', '9999999999999999', 'p', 1, 'u')`,
    backup_copies: sql`(account_id, id, kind, source_vault_id, source_point_id, target_vault_id, target_point_id,
        size_bytes, created_by)
      values (${accountId}, ${longId('bc')}, 'region', 'v', 's', ${vault.id}, 's', 1, 'u')`,
    backup_copy_rules: sql`(account_id, id, policy_id, target_vault_id, created_by)
      values (${accountId}, ${longId('cr')}, ${longId('po')}, ${vault.id}, 'u')`,
    // The grant above has woken it.
    tickers: sql`(account_id, due_at) values (${accountId}, now()) on conflict do nothing`,
  };
  for (const [table, values] of Object.entries(statements)) {
    await owner.execute(sql`insert into ${sql.identifier(table)} ${values}`);
  }
  await owner.execute(sql`
    insert into chunks (space_no, name, pack_no, frame_no, chunk_offset, chunk_bytes, kind)
    select space_no, gen_random_uuid(), pack_no, 0, 0, 1, 0 from packs where account_id = ${accountId}`);
  return { accountId, vaultId: vault.id, shareId: id('rs'), keyId: key.id };
}

const countRows = async (db: Pick<Database, 'execute'>, table: string): Promise<number> => {
  const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from ${sql.identifier(table)}`);
  return row!.n;
};
/** What a role may not even ask for counts as nothing seen. */
const countVisible = (work: Promise<number>): Promise<number> =>
  work.catch((error: Error & { cause?: { code?: string } }) => {
    if (error.cause?.code === '42501') return 0;
    throw error;
  });

describe('every table', () => {
  test('holds tenants and has its wall up, or is known to hold none', () => {
    const known = [...withoutAccount, ...walledBySpace];
    expect(tables.filter((table) => !table.has_account).map((table) => table.name)).toEqual(
      expect.arrayContaining(known),
    );
    const open = tables.filter(
      (table) => !withoutAccount.includes(table.name) && !(table.is_enabled && table.is_forced),
    );
    expect(open.map((table) => table.name)).toEqual([]);
    const unknown = tables.filter((table) => !table.has_account && !known.includes(table.name));
    expect(unknown.map((table) => table.name)).toEqual([]);
  });

  test('with tenants has a policy, and no policy lets a row be written that it would not show', async () => {
    const policies = await owner.execute<{
      tablename: string;
      cmd: string;
      with_check: string | null;
      qual: string | null;
    }>(sql`select tablename, cmd, qual, with_check from pg_policies where schemaname = 'public'`);
    const covered = new Set(policies.map((policy) => policy.tablename));
    expect(walled.filter((table) => !covered.has(table))).toEqual([]);
    const unchecked = policies.filter((policy) => policy.cmd !== 'SELECT' && policy.with_check === null);
    expect(unchecked).toEqual([]);
    const wideOpen = policies.filter((policy) => policy.qual === 'true' || policy.with_check === 'true');
    expect(wideOpen.map((policy) => policy.tablename)).toEqual(engineSeesAll);
  });

  test('that names a parent names its account too: a foreign key to a tenant table carries account_id', async () => {
    const keys = await owner.execute<{ name: string }>(sql`
      select c.conrelid::regclass || ' -> ' || c.confrelid::regclass || ' ' || pg_get_constraintdef(c.oid) as name
      from pg_constraint c
      where c.contype = 'f' and c.connamespace = 'public'::regnamespace
        and c.confrelid <> 'accounts'::regclass
        and exists (select 1 from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'account_id')
        and not exists (
          select 1 from pg_attribute a
          where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'account_id')`);
    // Numbers that the engine alone hands out, inside spaces that their own walls decide; and the grants, which no role writes.
    const allowed =
      /^(packs|backup_points|chunk_spaces|grants) -> (chunk_spaces|pins|vault_lineages|vaults|resource_shares) /;
    expect(keys.map((key) => key.name).filter((name) => !allowed.test(name))).toEqual([]);
  });
});

describe.each(roles)('the role %s', (role, db) => {
  test('is no superuser, passes no wall, is member of nothing, owns nothing and truncates nothing', async () => {
    const [row] = await db.execute(sql`
      select current_user as name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit,
        (select count(*)::int from pg_class c where c.relowner = r.oid)
          + (select count(*)::int from pg_proc p where p.proowner = r.oid) as owned,
        (select count(*)::int from pg_auth_members m where m.member = r.oid) as memberships,
        (select count(*)::int from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
          and has_table_privilege(r.oid, c.oid, 'truncate, references, trigger')) as risky
      from pg_roles r where rolname = current_user`);
    expect(row).toEqual({
      name: role,
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolinherit: false,
      owned: 0,
      memberships: 0,
      risky: 0,
    });
  });

  test.each(walled)('sees nothing of %s without an account', async (table) => {
    expect(await countRows(owner, table)).toBeGreaterThan(0);
    const isQueue = db === engine && engineSeesAll.includes(table);
    const seen = await countVisible(countRows(db, table));
    if (isQueue) expect(seen).toBe(2);
    else expect(seen).toBe(0);
  });

  test.each(walled.filter((table) => !(db === engine && engineSeesAll.includes(table))))(
    'sees nothing of %s as a stranger, and only the own rows as an owner',
    async (table) => {
      const seenBy = (accountId: string) =>
        countVisible(inAccount(db, accountId, (tx) => countRows(tx as unknown as Database, table)));
      expect(await seenBy('1111111111111111')).toBe(0);
      const [one, two, all] = [
        await seenBy(first.accountId),
        await seenBy(second.accountId),
        await countRows(owner, table),
      ];
      const [privilege] = await db.execute<{ may_read: boolean }>(
        sql`select has_any_column_privilege(${table}, 'select') as may_read`,
      );
      expect([one, two]).toEqual(privilege!.may_read ? [all / 2, all / 2] : [0, 0]);
    },
  );

  test.each(tenantTables)('moves no row of %s to another account, and deletes none of it', async (table) => {
    const name = sql.identifier(table);
    const before = await owner.execute(
      sql`select account_id, count(*)::int as n from ${name} group by 1 order by 1`,
    );
    const work = (statement: ReturnType<typeof sql>) =>
      inAccount(db, first.accountId, (tx) => tx.execute(statement)).catch(() => {});
    await work(sql`update ${name} set account_id = ${second.accountId}`);
    if (!(db === engine && engineSeesAll.includes(table))) {
      await work(sql`update ${name} set account_id = account_id where account_id = ${second.accountId}`);
      await work(sql`delete from ${name} where account_id = ${second.accountId}`);
    }
    expect(
      await owner.execute(sql`select account_id, count(*)::int as n from ${name} group by 1 order by 1`),
    ).toEqual(before);
  });

  test("cannot put a child of its own under a stranger's parent", async () => {
    const children = [
      sql`insert into resource_share_vaults (account_id, share_id, vault_id)
        values (${first.accountId}, ${first.shareId}, ${second.vaultId})`,
      sql`insert into resource_share_vaults (account_id, share_id, vault_id)
        values (${first.accountId}, ${second.shareId}, ${first.vaultId})`,
      sql`insert into resource_share_keys (account_id, share_id, key_id)
        values (${first.accountId}, ${first.shareId}, ${second.keyId})`,
      sql`insert into resource_share_keys (account_id, share_id, key_id)
        values (${first.accountId}, ${second.shareId}, ${first.keyId})`,
      sql`insert into point_events (account_id, vault_id, seq, kind, point_id)
        values (${first.accountId}, ${second.vaultId}, 99, 'deleted', 'x')`,
      sql`insert into vault_keys (account_id, vault_id, version, wrapped, wrapped_by)
        values (${first.accountId}, ${second.vaultId}, 9, 'x', 'service')`,
      sql`insert into pins (account_id, vault_id, work_kind, work_id)
        values (${first.accountId}, ${second.vaultId}, 'backup', 'theirs')`,
      sql`insert into jobs (account_id, id, kind, client_id, vault_id, spec, created_by)
        values (${first.accountId}, 'job-x', 'backup', (select 'c-of-nobody'), ${second.vaultId}, '{}', 'u')`,
    ];
    for (const child of children) {
      const attempt = inAccount(db, first.accountId, (tx) => tx.execute(child));
      // No such parent in the own account, or no right to write such rows at all.
      await expect(attempt).rejects.toMatchObject({
        cause: { code: expect.stringMatching(/^(23503|42501)$/) },
      });
    }
  });

  test("cannot write a row in a stranger's name", async () => {
    const attempt = inAccount(db, first.accountId, (tx) =>
      tx.execute(sql`insert into notifications (account_id, id, kind, severity, title)
        values (${second.accountId}, 'n-forged', 'k', 'info', 't')`),
    );
    await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
  });

  test('rewrites no history: audit rows are neither changed nor deleted', async () => {
    for (const statement of [sql`update audit_events set action = 'x'`, sql`delete from audit_events`]) {
      const attempt = inAccount(db, first.accountId, (tx) => tx.execute(statement));
      await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });

  test('writes no grant, and none of the counters that hold quotas', async () => {
    for (const statement of [
      sql`insert into grants (vault_id, account_id, grantee_account_id, share_id)
        values (${second.vaultId}, ${second.accountId}, ${first.accountId}, ${second.shareId})`,
      sql`delete from grants`,
      sql`insert into key_accesses (key_id, account_id, grantee_account_id, share_id)
        select key_id, account_id, '1111111111111111', share_id from resource_share_keys`,
      sql`delete from key_accesses`,
      sql`update key_accesses set grantee_account_id = '1111111111111111'`,
      sql`update quota_counters set maximum = 1000`,
    ]) {
      const attempt = inAccount(db, first.accountId, (tx) => tx.execute(statement));
      await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  });
});

describe('a message to another account', () => {
  const send = (
    db: Database,
    from: string | null,
    to: string,
    linkId: string,
    href = '/cn-hangzhou/vaults',
  ) => {
    const call = sql`select notify_account(${to}, ${linkId}, 'share.test', 'info', 'title', '', ${href})`;
    return from === null ? db.execute(call) : inAccount(db, from, (tx) => tx.execute(call));
  };
  const refused = { cause: { code: 'CV004' } };

  test.each(roles)('by %s needs a link between the two', async (_, db) => {
    const theirs = `i-${second.accountId}`;
    await expect(send(db, first.accountId, second.accountId, theirs)).rejects.toMatchObject(refused);
    await expect(send(db, null, second.accountId, theirs)).rejects.toMatchObject(refused);
    await expect(send(db, second.accountId, first.accountId, theirs)).rejects.toMatchObject(refused);
  });

  test.each(roles)('by %s with a link arrives, and points into the console only', async (_, db) => {
    const link = `rep-${first.accountId}`;
    await send(db, first.accountId, first.accountId, link);
    for (const href of ['https://evil.test', '//evil.test', '/\\evil.test']) {
      await expect(send(db, first.accountId, first.accountId, link, href)).rejects.toMatchObject(refused);
    }
  });
});
