import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { type Database, inAccount } from '@/db/client';
import { makeBackupPoint, makeClient, makeReplication, makeVault } from '@/db/factories';
import { backupPoints, replicationPoints } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { startBackup } from '@/lib/jobs';
import { testAccount } from '@/lib/testing/world';

// A replication target takes copies and nothing else, whoever asks: a person, a policy, a client or a stray statement.

const database = await testDatabase();
const { owner, app, engine } = database;

async function furnish() {
  const [from, to] = [await testAccount(database), await testAccount(database)];
  const source = await makeVault(owner, { accountId: from.id, resourceGroupId: from.groupId });
  const target = await makeVault(owner, {
    accountId: to.id,
    resourceGroupId: to.groupId,
    kind: 'replication_target',
  });
  const plain = await makeVault(owner, { accountId: to.id, resourceGroupId: to.groupId });
  const client = await makeClient(owner, { accountId: to.id });
  const { replication, stop } = await makeReplication(owner, { source, target });
  return { from, to, source, target, plain, client, replication, stop };
}

type World = Awaited<ReturnType<typeof furnish>>;

const insertJob =
  (db: Database) =>
  ({ to, client }: World, vaultId: string) =>
    inAccount(db, to.id, (tx) =>
      tx.execute(sql`insert into jobs (account_id, id, kind, client_id, vault_id, spec, created_by)
        values (${to.id}, ${`job-${vaultId}`}, 'backup', ${client.id}, ${vaultId}, '{}', 'policy')`),
    );
const openPin = ({ to }: World, vaultId: string) =>
  inAccount(engine, to.id, (tx) =>
    tx.execute(sql`insert into pins (account_id, vault_id, work_kind, work_id)
      values (${to.id}, ${vaultId}, 'backup', 'w')`),
  );

describe('a target refuses, where a standard vault takes,', () => {
  test.each<[string, (world: World, vaultId: string) => Promise<unknown>]>([
    [
      'a backup that a person starts',
      ({ to, client }, vaultId) =>
        startBackup(to.as('operator'), { clientId: client.id, vaultId, paths: ['/srv'] }),
    ],
    ['a job that the web server writes, for a policy say', insertJob(app)],
    ['a job that the engine writes, for a plan of a client say', insertJob(engine)],
    ['the pin of a backup, which its first bytes need', openPin],
  ])('%s', async (_, attempt) => {
    const world = await furnish();
    await attempt(world, world.plain.id);
    const error: { reason?: string; cause?: { code?: string } } | null = await attempt(
      world,
      world.target.id,
    ).then(
      () => null,
      (refused) => refused,
    );
    expect(JSON.stringify([error?.reason, error?.cause?.code])).toMatch(
      /replication_target_takes_no_backups|CV006/,
    );
  });
});

describe('a point in a target', () => {
  const copyInto = async (world: World, given: { isPlanned: boolean; idOfAnother?: boolean }) => {
    const { from, to, source, target, replication } = world;
    const original = await makeBackupPoint(owner, { accountId: from.id, vaultId: source.id });
    const space = await makeBackupPoint(owner, { accountId: to.id, vaultId: target.id });
    if (given.isPlanned) {
      await owner.insert(replicationPoints).values({
        accountId: to.id,
        replicationId: replication.id,
        sourcePointId: original.id,
        targetPointId: `s-copy-${original.id}`,
        isHistory: false,
        capturedAt: new Date(),
        committedAt: new Date(),
        sourceBytes: 1,
      });
    }
    const { id: _, ...kept } = original;
    return inAccount(engine, to.id, (tx) =>
      tx.insert(backupPoints).values({
        ...kept,
        id: given.idOfAnother ? 's-something-else' : `s-copy-${original.id}`,
        accountId: to.id,
        vaultId: target.id,
        spaceNo: space.spaceNo,
        lineageId: space.lineageId,
      }),
    );
  };
  const refused = { cause: { code: 'CV006' } };

  test('is one that the running replication planned', async () => {
    const world = await furnish();
    await copyInto(world, { isPlanned: true });
    await expect(copyInto(world, { isPlanned: false })).rejects.toMatchObject(refused);
    await expect(copyInto(world, { isPlanned: true, idOfAnother: true })).rejects.toMatchObject(refused);
  });

  test('is none that comes after the replication was stopped', async () => {
    const world = await furnish();
    await world.stop();
    await expect(copyInto(world, { isPlanned: true })).rejects.toMatchObject(refused);
  });
});
