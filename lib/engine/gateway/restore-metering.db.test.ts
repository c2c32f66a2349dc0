import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { clients, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { noise } from '@/lib/engine/core/test-bytes';
import { makeAccount, makeVault } from '../vaults/test-environment';
import { TestClient, TestGateway } from './test-gateway';
import type { TestTree } from './test-tree';

const database = await testDatabase();
const { owner } = database;
const gateway = await TestGateway.start(database);
const tree: TestTree = { 'one.bin': noise(1_500_000, 21), 'two.bin': noise(700_000, 22) };
const treeBytes = 2_200_000;

async function setUp(given: Partial<typeof clients.$inferInsert> = {}) {
  const account = await makeAccount(owner);
  const { accountId } = account;
  const vaultId = await makeVault(gateway.vaults, owner, account);
  const client = await TestClient.make(gateway, owner, accountId);
  await owner
    .update(clients)
    .set({ name: 'host', ...given })
    .where(eq(clients.id, client.clientId));
  const backup = await client.backUp(vaultId, tree);
  const start = async (attempt = 1) => {
    const id = newId('job');
    await owner.insert(jobs).values({
      accountId,
      id,
      kind: 'restore',
      status: 'running',
      attempt,
      clientId: client.clientId,
      vaultId,
      pointId: backup.pointId,
      spec: {
        selection: { mode: 'all' },
        destination: { kind: 'host', targetPath: '/restored' },
        conflictPolicy: 'overwrite',
      },
      createdBy: 'test',
    });
    await client.post(`/v1/jobs/${id}/restore/begin`, { attempt });
    return id;
  };
  const data = backup.chunks.filter(({ type }) => type === 'data').map(({ name }) => name);
  return { accountId, vaultId, client, start, data, pages: backup.chunks.map(({ name }) => name) };
}

const metersOf = (vaultId: string) =>
  owner.execute<{ meter: string; bytes: number }>(sql`
    select meter, sum(quantity)::int as bytes from usage_so_far
    where vault_id = ${vaultId} and meter like 'restore%' group by meter order by meter`);

describe('restored bytes', () => {
  test.each([
    ['a server over the Internet', { connection: 'internet' }, 'restore_internet'],
    ['a server over a VPN', { connection: 'vpn' }, 'restore_vpn'],
    ['a server over a leased line', { connection: 'leased_line' }, 'restore_leased_line'],
    ['an ECS instance', { placement: 'ecs', connection: 'internet' }, 'restore_region'],
  ] as const)('to %s are counted by how they leave', async (_, given, meter) => {
    const world = await setUp(given);
    await world.client.fetch(await world.start(), world.pages);
    expect(await metersOf(world.vaultId)).toEqual([{ meter, bytes: treeBytes }]);
  });

  test('that are asked for again, by a retry or of another engine, are counted once', async () => {
    const world = await setUp();
    const jobId = await world.start();
    await world.client.fetch(jobId, world.data.slice(0, 2));
    const other = world.client.at(await TestGateway.over(gateway.vaults));
    await Promise.all([world.client, other, world.client].map((one) => one.fetch(jobId, world.data)));
    await Promise.all([other, world.client].map((one) => one.fetch(jobId, world.data.toReversed())));
    expect(await metersOf(world.vaultId)).toEqual([{ meter: 'restore_internet', bytes: treeBytes }]);
  });

  test('of a second restore are counted again, and a refused request counts nothing', async () => {
    const world = await setUp();
    await world.client.fetch(await world.start(), world.data);
    await world.client.fetch(await world.start(), world.data);
    const ended = await world.start();
    await owner.update(jobs).set({ status: 'cancelled' }).where(eq(jobs.id, ended));
    await world.client.fetch(ended, world.data).catch(() => null);
    expect(await metersOf(world.vaultId)).toEqual([{ meter: 'restore_internet', bytes: 2 * treeBytes }]);
  });
});
