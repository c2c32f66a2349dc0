import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import {
  makeBackupPoint,
  makeClient,
  makeKmsKey,
  makeReplication,
  makeShare,
  makeUser,
  makeVault,
} from '@/db/factories';
import { backupPoints, replicationPoints, replications, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { routes } from '@/lib/api/routes';
import { listReplicationTargets, startReplication, stopReplication } from '@/lib/replication';
import { forgeInputs } from '@/lib/testing/forge-inputs';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { listReceivedShares } from '.';

/**
 * The permission of a share lets the source see four facts of a target and replicate into it. Its administrator, with
 * every verb that the product has and with statements of the web process's own role, gets at nothing more: verbs and
 * tables are taken from the product, so that a new one is under test from its first day.
 */

const database = await testDatabase();
const { owner, app } = database;

/** What the permission gives, and answers to invitations of one's own. */
const granted = new Set(['replications.start', 'replications.stop', 'resource_shares.leave']);
/** Told to the other side by design, or the queue of its ticker, which every link wakes. */
const written = ['notifications', 'tickers', 'invitations'];
const secrets = {
  description: 'boardroom-description',
  otherVault: 'hidden-payroll-vault',
  path: '/srv/secret-ledger',
  host: 'secret-host.internal',
  user: 'secret-person@owner.example',
};

let target: TestAccount;
let source: TestAccount;
let ids: Record<string, string>;
let targetName: string;
let tenantTables: string[];

beforeAll(async () => {
  [target, source] = [await testAccount(database), await testAccount(database)];
  const place = { accountId: target.id, resourceGroupId: target.groupId };
  const key = await makeKmsKey(owner, { accountId: target.id });
  const vault = await makeVault(owner, {
    ...place,
    kind: 'replication_target',
    kmsKeyId: key.id,
    description: secrets.description,
  });
  targetName = vault.name;
  const hidden = await makeVault(owner, { ...place, name: secrets.otherVault });
  const user = await makeUser(owner, { accountId: target.id, email: secrets.user });
  const client = await makeClient(owner, { accountId: target.id, name: secrets.host });
  const replica = await makeBackupPoint(owner, {
    ...{ accountId: target.id, vaultId: vault.id, paths: [secrets.path], sourceName: secrets.host },
    originAccountId: source.id,
  });
  const own = await makeBackupPoint(owner, {
    accountId: target.id,
    vaultId: hidden.id,
    paths: [secrets.path],
  });
  const { shareId, invitation } = await makeShare(owner, {
    ...{ accountId: target.id, vaultId: vault.id },
    recipientAccountId: source.id,
    status: 'accepted',
  });
  const sourceKey = await makeKmsKey(owner, { accountId: source.id });
  const from = await makeVault(owner, {
    ...{ accountId: source.id, resourceGroupId: source.groupId },
    kmsKeyId: sourceKey.id,
  });
  const { replication } = await makeReplication(owner, { source: from, target: vault });
  await owner.insert(replicationPoints).values({
    ...{
      accountId: target.id,
      replicationId: replication.id,
      sourcePointId: 's-origin',
      targetPointId: replica.id,
    },
    ...{
      state: 'copied' as const,
      isHistory: false,
      capturedAt: new Date(),
      committedAt: new Date(),
      sourceBytes: 1,
    },
  });
  await owner.execute(sql`insert into jobs (account_id, id, kind, client_id, vault_id, spec, status, created_by)
    values (${target.id}, 'job-theirs', 'backup', ${client.id}, ${hidden.id}, '{}', 'queued', 'u')`);
  ids = {
    vault: vault.id,
    hiddenVault: hidden.id,
    replica: replica.id,
    point: own.id,
    key: key.id,
    group: target.groupId,
    client: client.id,
    user: user.id,
    job: 'job-theirs',
    share: shareId,
    invitation: invitation.id,
    replication: replication.id,
    account: target.id,
  };
  const rows = await owner.execute<{ name: string }>(sql`select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and exists (
      select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id') order by 1`);
  tenantTables = rows.map(({ name }) => name);
});

/** One line for each table: what the target's account has in it. */
async function snapshot(): Promise<Record<string, string>> {
  const kept = tenantTables.filter((name) => !written.includes(name));
  const parts = kept.map(
    (name) => sql`select ${name} as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
      from ${sql.identifier(name)} t where t.account_id = ${target.id}`,
  );
  const rows = await owner.execute<{ name: string; hash: string }>(sql.join(parts, sql` union all `));
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

const attempt = async (call: () => unknown): Promise<string> => {
  try {
    const answer = await call();
    if (answer && typeof answer === 'object' && Symbol.asyncIterator in answer) {
      let text = '';
      for await (const part of answer as AsyncIterable<string>) text += part;
      return text;
    }
    return JSON.stringify(answer) ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe('every verb of the product, called by the administrator of the source for things of the target', () => {
  const verbs = routes.filter(({ verb }) => !granted.has(verb.action));

  test.each(verbs.map((route) => [route.verb.action, route] as const))(
    '%s changes nothing there and tells nothing of it',
    async (_action, route) => {
      const before = await snapshot();
      let answers = '';
      for (const id of Object.values(ids)) {
        for (const input of forgeInputs(route.verb.input, { id, confirm: targetName })) {
          answers += await attempt(() => route.run(source.as('administrator'), input));
        }
      }
      expect(await snapshot()).toEqual(before);
      for (const secret of [...Object.values(secrets), ids.key!, ids.point!, ids.hiddenVault!]) {
        // An id that was sent may come back in a refusal; nothing else may.
        if (Object.values(ids).includes(secret)) expect(answers).not.toContain(`"${secret}"`);
        else expect(answers).not.toContain(secret);
      }
    },
  );
});

test('the same inputs reach the thing when its own administrator sends them', async () => {
  const reached = async (action: string) => {
    const route = routes.find(({ verb }) => verb.action === action)!;
    for (const id of Object.values(ids)) {
      for (const input of forgeInputs(route.verb.input, { id, confirm: targetName })) {
        const answer = await attempt(() => route.run(target.as('administrator'), input));
        if (answer.startsWith('{')) return true;
      }
    }
    return false;
  };
  const actions = ['vaults.get', 'vaults.update', 'backup_points.get', 'keys.get', 'clients.get'];
  for (const action of [...actions, 'replications.get', 'resource_shares.get']) {
    expect([action, await reached(action)]).toEqual([action, true]);
  }
});

describe('statements of the web process in the name of the source', () => {
  const readable = ['grants', 'invitations', 'replication_points', 'replication_samples', 'replications'];
  const inSource = <T>(work: Parameters<typeof inAccount<T>>[2]) => inAccount(app, source.id, work);

  test('read of the target’s rows only those that both sides of a replication share', async () => {
    const shown: string[] = [];
    for (const name of tenantTables) {
      const rows = await inSource((tx) =>
        tx.execute(sql`select * from ${sql.identifier(name)} where account_id = ${target.id}`),
      ).catch(() => []);
      if (rows.length > 0) shown.push(name);
      const text = JSON.stringify(rows);
      for (const secret of [...Object.values(secrets), ids.key!]) expect(text).not.toContain(secret);
    }
    expect(shown.filter((name) => !readable.includes(name))).toEqual([]);
    expect(shown).toEqual(expect.arrayContaining(['grants', 'replications', 'replication_points']));
  });

  test('see of a shared vault eight columns and no other', async () => {
    const rows = await inSource((tx) => tx.execute(sql`select * from shared_vaults`));
    expect(rows).toHaveLength(1);
    expect(Object.keys(rows[0]!).sort()).toEqual(
      ['encryption', 'id', 'kind', 'name', 'owner_account_id', 'owner_name', 'region', 'status'].sort(),
    );
  });

  test('neither change nor delete a row of the target in any table', async () => {
    const before = await snapshot();
    for (const name of tenantTables) {
      const table = sql.identifier(name);
      for (const statement of [
        sql`update ${table} set account_id = ${source.id} where account_id = ${target.id}`,
        sql`update ${table} set account_id = account_id where account_id = ${target.id}`,
        sql`delete from ${table} where account_id = ${target.id}`,
      ]) {
        await inSource((tx) => tx.execute(statement)).catch(() => {});
      }
    }
    for (const statement of [
      sql`update vaults set locked_at = now(), status = 'deleting' where id = ${ids.vault}`,
      sql`update backup_points set status = 'deleting' where id = ${ids.replica}`,
      sql`update replication_points set state = 'deleted' where replication_id = ${ids.replication}`,
      sql`update replications set seen_seq = 1000, fence = 1000 where id = ${ids.replication}`,
      sql`update replications set target_vault_id = ${ids.hiddenVault} where id = ${ids.replication}`,
      sql`insert into point_events (account_id, vault_id, seq, kind, point_id)
        values (${target.id}, ${ids.vault}, 99, 'deleted', ${ids.replica})`,
      sql`insert into grants (vault_id, account_id, grantee_account_id, share_id)
        values (${ids.hiddenVault}, ${target.id}, ${source.id}, ${ids.share})`,
      sql`insert into download_tickets (account_id, token_hash, user_id, point_id, path, expires_at)
        values (${target.id}, '\\x00', ${ids.user}, ${ids.replica}, '', now())`,
      sql`insert into jobs (account_id, id, kind, client_id, vault_id, spec, created_by)
        values (${source.id}, 'job-mine', 'restore', ${ids.client}, ${ids.vault}, '{}', 'u')`,
    ]) {
      await inSource((tx) => tx.execute(statement)).catch(() => {});
    }
    expect(await snapshot()).toEqual(before);
  });
});

describe('what the permission gives', () => {
  test('is to see name, region, encryption and state of the target, and nothing of what is in it', async () => {
    const ctx = source.as('administrator');
    const [share] = (await listReceivedShares(ctx, {})).items;
    expect(share!.vaults).toEqual([
      { id: ids.vault, name: targetName, region: 'cn-hangzhou', encryption: 'kms', status: 'created' },
    ]);
    const own = await makeVault(owner, { accountId: source.id, resourceGroupId: source.groupId });
    const listed = await listReplicationTargets(ctx, { sourceVaultId: own.id });
    const found = listed.items.find(({ vaultId }) => vaultId === ids.vault)!;
    const { eligible, reason, explanation, ...facts } = found;
    expect([eligible, reason, typeof explanation]).toEqual([false, 'target_already_used', 'string']);
    for (const secret of Object.values(secrets)) expect(JSON.stringify(facts)).not.toContain(secret);
  });

  test('and to start and to stop a replication, which leaves every copy where it is', async () => {
    const ctx = source.as('administrator');
    const place = { accountId: target.id, resourceGroupId: target.groupId };
    const fresh = await makeVault(owner, { ...place, kind: 'replication_target' });
    await makeShare(owner, {
      ...{ accountId: target.id, vaultId: fresh.id },
      recipientAccountId: source.id,
      status: 'accepted',
    });
    const own = await makeVault(owner, { accountId: source.id, resourceGroupId: source.groupId });
    const copy = await makeBackupPoint(owner, { accountId: target.id, vaultId: fresh.id });
    const started = await startReplication(ctx, { sourceVaultId: own.id, targetVaultId: fresh.id });
    await stopReplication(ctx, { id: started.id, confirm: own.name });
    const [row] = await owner.select().from(replications).where(eq(replications.id, started.id));
    expect(row).toMatchObject({ state: 'stopped', accountId: target.id });
    const [point] = await owner.select().from(backupPoints).where(eq(backupPoints.id, copy.id));
    expect(point?.status).toBe('visible');
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, fresh.id));
    expect(vault).toMatchObject({ status: 'created', lockedAt: null });
  });
});
