import { type SQL, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type Database, inAccount } from './client';
import { makeAccount, makeBackupPoint, makeVault } from './factories';
import { testDatabase } from './testing/harness';

// What two linked accounts can do to each other's side with SQL alone, as if the verbs in front were not there.

const { owner, app, engine } = await testDatabase();
const roles: [string, Database][] = [
  ['crossvault_app', app],
  ['crossvault_engine', engine],
];

const as = (db: Database, accountId: string, statement: SQL) =>
  inAccount(db, accountId, (tx) => tx.execute(statement));
const refused = (code: string) => ({ cause: { code } });

/** A target vault shared with the account of a source vault; `status` is that of the invitation. */
async function link(status: 'pending' | 'accepted' = 'accepted') {
  const [{ account: source, group: sourceGroup }, { account: target, group: targetGroup }] = [
    await makeAccount(owner),
    await makeAccount(owner),
  ];
  const place = (accountId: string, resourceGroupId: string) => ({ accountId, resourceGroupId });
  const from = await makeVault(owner, place(source.accountId, sourceGroup.id));
  const into = await makeVault(owner, {
    ...place(target.accountId, targetGroup.id),
    kind: 'replication_target',
  });
  const id = target.accountId;
  await owner.execute(
    sql`insert into resource_shares (account_id, id, name) values (${id}, ${`rs-${id}`}, 's')`,
  );
  await owner.execute(sql`
    insert into resource_share_vaults (account_id, share_id, vault_id) values (${id}, ${`rs-${id}`}, ${into.id})`);
  await owner.execute(sql`
    insert into invitations (account_id, id, share_id, share_name, recipient_account_id, owner_name, permission, status,
      expires_at)
    values (${id}, ${`i-${id}`}, ${`rs-${id}`}, 's', ${source.accountId}, 'o', 'p', ${status}, now() + interval '1 day')`);
  return {
    source,
    target,
    from,
    into,
    shareId: `rs-${id}`,
    invitationId: `i-${id}`,
    replicationId: `rep-${id}`,
  };
}
type Link = Awaited<ReturnType<typeof link>>;

function start(world: Link, more: Record<string, unknown> = {}, db = app) {
  const { source, target, from, into, replicationId } = world;
  const values: Record<string, unknown> = {
    account_id: target.accountId,
    id: replicationId,
    source_account_id: source.accountId,
    source_account_name: 'Forged GmbH',
    source_vault_id: from.id,
    source_vault_name: 'forged source',
    source_region: 'nowhere-1',
    target_vault_id: into.id,
    target_vault_name: 'forged target',
    target_account_name: 'Forged AG',
    target_region: 'nowhere-2',
    created_by: 'someone',
    ...more,
  };
  const columns = Object.keys(values).map((name) => sql.identifier(name));
  const given = Object.values(values).map((value) => sql`${value}`);
  return as(
    db,
    source.accountId,
    sql`insert into replications (${sql.join(columns, sql`, `)}) values (${sql.join(given, sql`, `)})`,
  );
}

const replicationOf = async ({ replicationId }: Link) =>
  (await owner.execute(sql`select * from replications where id = ${replicationId}`))[0]!;

describe('a source account', () => {
  test('starts a replication under the names that vaults and accounts really have', async () => {
    const world = await link();
    await start(world);
    expect(await replicationOf(world)).toMatchObject({
      source_account_name: world.source.name,
      source_vault_name: world.from.name,
      source_region: world.from.region,
      target_account_name: world.target.name,
      target_vault_name: world.into.name,
      target_region: world.into.region,
    });
  });

  test.each([
    ['fence', 9_000_000_000],
    ['seen_seq', 1000],
    ['history_points_done', 5],
    ['copied_bytes', 5],
    ['state', 'stopped'],
    ['history_completed_at', '2020-01-01T00:00:00Z'],
  ])('cannot start one whose %s is not that of a beginning', async (column, value) => {
    await expect(start(await link(), { [column]: value })).rejects.toMatchObject(refused('42501'));
  });

  test.each([
    ['fence', sql`fence + 1`],
    ['seen_seq', sql`seen_seq + 1000`],
    ['source_vault_id', sql`target_vault_id`],
    ['target_vault_name', sql`'renamed'`],
    ['lag_points', sql`0`],
    ['history_completed_at', sql`now()`],
  ])('cannot change the %s of a replication into the other account', async (column, value) => {
    for (const [, db] of roles) {
      const world = await link();
      await start(world);
      const before = await replicationOf(world);
      const change = sql`update replications set ${sql.identifier(column)} = ${value} where id = ${world.replicationId}`;
      await as(db, world.source.accountId, change).catch(() => {});
      expect(await replicationOf(world)).toEqual(before);
    }
  });

  test('stops its replication, and changes nothing of it that goes on', async () => {
    const world = await link();
    await start(world);
    const wait = sql`update replications set waiting_reason = 'x' where id = ${world.replicationId}`;
    await expect(as(app, world.source.accountId, wait)).rejects.toMatchObject(refused('42501'));
    const stop = sql`update replications set state = 'stopped', stopped_at = now() where id = ${world.replicationId}`;
    expect((await as(app, world.source.accountId, stop)).count).toBe(1);
    expect((await replicationOf(world)).state).toBe('stopped');
  });
});

describe('an invitation', () => {
  test('is accepted by its recipient, never by its owner', async () => {
    const world = await link('pending');
    const accept = sql`update invitations set status = 'accepted' where id = ${world.invitationId}`;
    for (const [, db] of roles) {
      await expect(as(db, world.target.accountId, accept)).rejects.toThrow();
    }
    await as(app, world.source.accountId, accept);
    const [grant] = await owner.execute(sql`select 1 from grants where vault_id = ${world.into.id}`);
    expect(grant).toBeDefined();
  });

  test('is not made as one that was accepted', async () => {
    const { target, source, shareId, invitationId } = await link('pending');
    const forge = sql`insert into invitations
      (account_id, id, share_id, share_name, recipient_account_id, owner_name, permission, status, expires_at)
      values (${target.accountId}, ${`${invitationId}-2`}, ${shareId}, 's', ${`9${source.accountId.slice(1)}`}, 'o', 'p',
        'accepted', now() + interval '1 day')`;
    await expect(as(app, target.accountId, forge)).rejects.toMatchObject(refused('CV004'));
  });

  test.each(['share_name', 'owner_name', 'permission'])(
    'keeps its %s when it is answered',
    async (column) => {
      const world = await link('pending');
      const answer = sql`update invitations set status = 'rejected', ${sql.identifier(column)} = 'forged'
      where id = ${world.invitationId}`;
      await expect(as(app, world.source.accountId, answer)).rejects.toMatchObject(refused('CV004'));
    },
  );

  test('that is over cannot be accepted', async () => {
    const world = await link('pending');
    await owner.execute(sql`alter table invitations disable trigger refuse_altered_invitation`);
    await owner.execute(
      sql`update invitations set expires_at = now() - interval '1 second' where id = ${world.invitationId}`,
    );
    await owner.execute(sql`alter table invitations enable trigger refuse_altered_invitation`);
    const accept = sql`update invitations set status = 'accepted' where id = ${world.invitationId}`;
    await expect(as(app, world.source.accountId, accept)).rejects.toMatchObject(refused('42501'));
  });
});

describe.each(roles)('a locked vault, for the role %s,', (_, db) => {
  async function lockedVault() {
    const { account, group } = await makeAccount(owner);
    const vault = await makeVault(owner, {
      accountId: account.accountId,
      resourceGroupId: group.id,
      lockedAt: new Date(),
    });
    const point = await makeBackupPoint(owner, { accountId: account.accountId, vaultId: vault.id });
    return { accountId: account.accountId, vault, point };
  }

  test('stays locked', async () => {
    const { accountId, vault } = await lockedVault();
    for (const value of [sql`null`, sql`now() + interval '1 year'`]) {
      const unlock = sql`update vaults set locked_at = ${value} where id = ${vault.id}`;
      await expect(as(db, accountId, unlock)).rejects.toMatchObject(refused('CV001'));
    }
  });

  test('is not deleted before its points have expired', async () => {
    const { accountId, vault, point } = await lockedVault();
    const remove = sql`update vaults set status = 'deleting' where id = ${vault.id}`;
    await expect(as(db, accountId, remove)).rejects.toMatchObject(refused('CV001'));
    await owner.execute(sql`alter table backup_points disable trigger refuse_locked_point`);
    await owner.execute(sql`update backup_points set expires_at = now() where id = ${point.id}`);
    await owner.execute(sql`alter table backup_points enable trigger refuse_locked_point`);
    expect((await as(db, accountId, remove)).count).toBe(1);
  });

  test.each(['vault_id', 'root_page', 'retention_days', 'expires_at', 'origin_point_id'])(
    'keeps the %s of its points',
    async (column) => {
      const { accountId, point } = await lockedVault();
      const name = sql.identifier(column);
      const change = sql`update backup_points set ${name} = ${name} where id = ${point.id}`;
      await expect(as(db, accountId, change)).rejects.toMatchObject(refused('42501'));
    },
  );
});

test('a point changes its space only with its tier, as an archiving that has been ordered does', async () => {
  const { account } = await makeAccount(owner);
  const vault = await makeVault(owner, { accountId: account.accountId });
  await makeBackupPoint(owner, { accountId: account.accountId, vaultId: vault.id });
  const move = sql`update backup_points set space_no = space_no + 100000`;
  await expect(as(app, account.accountId, move)).rejects.toMatchObject(refused('42501'));
  await expect(as(engine, account.accountId, move)).rejects.toMatchObject(refused('CV030'));
});

test('the web server writes nothing of what only the engine may know to be true', async () => {
  const { account } = await makeAccount(owner);
  for (const table of [
    'vault_keys',
    'vault_lineages',
    'chunk_spaces',
    'pins',
    'packs',
    'collections',
    'backup_points',
  ]) {
    const remove = sql`delete from ${sql.identifier(table)}`;
    await expect(as(app, account.accountId, remove), table).rejects.toMatchObject(refused('42501'));
  }
});

test.each(roles)('the role %s rewrites no event and no key', async (_, db) => {
  const { account } = await makeAccount(owner);
  for (const table of ['point_events', 'vault_keys', 'vault_lineages']) {
    const name = sql.identifier(table);
    // Old events that nothing needs are trimmed by the engine; the database holds on to the others.
    const remove = table === 'point_events' && db === engine ? [] : [sql`delete from ${name}`];
    for (const statement of [...remove, sql`update ${name} set account_id = account_id`]) {
      await expect(as(db, account.accountId, statement), table).rejects.toMatchObject(refused('42501'));
    }
  }
});

test("a role's temporary tables are never looked at by a function that passes the walls", async () => {
  const rows = await owner.execute<{ name: string }>(sql`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and not coalesce('search_path=public, pg_temp' = any (p.proconfig), false)`);
  expect(rows.map((row) => row.name)).toEqual([]);
});
