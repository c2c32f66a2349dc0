import { expect, test } from 'vitest';
import { makeBackupPoint, makeClient, makeReplication, makeShare, makeVault } from '@/db/factories';
import { jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { testAccount } from '@/lib/testing/world';
import { getDeletionPlan, getLockRehearsal, lockVault } from '.';

const database = await testDatabase();
const { owner } = database;

test('deleting a vault names its points, shares, running jobs and replications, on both sides', async () => {
  const [from, to] = [await testAccount(database), await testAccount(database)];
  const source = await makeVault(owner, { accountId: from.id, resourceGroupId: from.groupId });
  const target = await makeVault(owner, {
    accountId: to.id,
    resourceGroupId: to.groupId,
    kind: 'replication_target',
  });
  const createdAt = new Date('2026-01-01T00:00:00Z');
  await makeBackupPoint(owner, { accountId: to.id, vaultId: target.id, createdAt });
  await makeShare(owner, {
    accountId: to.id,
    vaultId: target.id,
    recipientAccountId: from.id,
    status: 'accepted',
  });
  const client = await makeClient(owner, { accountId: to.id });
  await owner.insert(jobs).values({
    accountId: to.id,
    id: 'job-restore',
    kind: 'restore',
    clientId: client.id,
    vaultId: target.id,
    spec: { destination: { kind: 'host', targetPath: '/r' } } as never,
    createdBy: 'u',
  });
  const { stop } = await makeReplication(owner, { source, target });
  await stop();
  const plan = await getDeletionPlan(to.as('auditor'), { id: target.id });
  expect(plan).toMatchObject({
    points: 1,
    oldestAt: createdAt.toISOString(),
    shares: [{ name: expect.stringMatching(/^share-/) }],
    jobs: [{ id: 'job-restore', kind: 'restore' }],
    replications: [{ goesWithVault: true, partnerVaultName: source.name, state: 'stopped' }],
  });
  expect(await getDeletionPlan(from.as('auditor'), { id: source.id })).toMatchObject({
    shares: [],
    jobs: [],
    replications: [{ goesWithVault: false, partnerVaultName: target.name }],
  });
  await expect(getDeletionPlan(from.as('administrator'), { id: target.id })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('a lock is rehearsed over the real vault, costs what the price list says, and changes nothing', async () => {
  const account = await testAccount(database);
  const vault = await makeVault(owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
    storedBytes: 1024 ** 3,
    name: 'ledger',
  });
  const point = await makeBackupPoint(owner, {
    accountId: account.id,
    vaultId: vault.id,
    addedBytes: 1024 ** 3,
  });
  const rehearsal = await getLockRehearsal(account.as('auditor'), { id: vault.id });
  expect(rehearsal).toMatchObject({ points: 1, lastExpiresAt: point.expiresAt.toISOString() });
  expect(rehearsal.cost.amountMicros).toBeGreaterThan(0);
  expect(rehearsal.cost.days).toBe(30);
  const locked = await lockVault(account.as('administrator'), { id: vault.id, confirm: 'ledger' });
  expect(locked.lockedAt).not.toBeNull();
  const stranger = await testAccount(database);
  await expect(getLockRehearsal(stranger.as('administrator'), { id: vault.id })).rejects.toMatchObject({
    code: 'not_found',
  });
});
