import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import * as factories from '@/db/factories';
import { downloadTickets, jobs, kmsKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { hashSecret, newSecret } from '@/lib/clients';
import { newId } from '@/lib/context';
import { noise } from '@/lib/engine/core/test-bytes';
import { RestoreSpec } from '@/lib/jobs/schemas';
import { createKeyMaterial } from '../vaults';
import { makeAccount, makeKey, makeVault } from '../vaults/test-environment';
import { TestClient, TestGateway } from './test-gateway';
import { buildTree, type TestTree } from './test-tree';

const database = await testDatabase();
const { owner } = database;
const gateway = await TestGateway.start(database);
const fileBytes = 48_000_000;

async function setUp(sizeBytes: number) {
  const account = await makeAccount(owner);
  const { accountId } = account;
  const keyId = await makeKey(owner, accountId);
  await createKeyMaterial(gateway.vaults, { accountId, keyId });
  const vaultId = await makeVault(gateway.vaults, owner, account, { kmsKeyId: keyId });
  const client = await TestClient.make(gateway, owner, accountId);
  const backup = await backUpSlowly(client, vaultId, { 'big.bin': noise(sizeBytes, 5) });
  const setState = (state: 'enabled' | 'disabled') =>
    owner.update(kmsKeys).set({ state }).where(eq(kmsKeys.id, keyId));
  return { accountId, vaultId, client, backup, setState };
}

/** A few chunks a request, as the wire asks for. */
async function backUpSlowly(client: TestClient, vaultId: string, tree: TestTree) {
  const jobId = await client.startBackup(vaultId);
  const { json } = await client.begin(jobId);
  const { chunks, root } = await buildTree(Buffer.from(json.namingKey, 'base64'), tree);
  for (let at = 0; at < chunks.length; at += 2) await client.sendChunks(jobId, chunks.slice(at, at + 2));
  const committed = await client.commit(jobId, root);
  await client.finish(jobId);
  return { chunks, pointId: committed.json.pointId };
}

test('a restore that runs is refused its next chunks once the key is disabled, and goes on when it is enabled', async () => {
  const { accountId, vaultId, client, backup, setState } = await setUp(3_000_000);
  const jobId = newId('job');
  await owner.insert(jobs).values({
    accountId,
    id: jobId,
    kind: 'restore',
    status: 'running',
    attempt: 1,
    clientId: client.clientId,
    vaultId,
    pointId: backup.pointId,
    spec: RestoreSpec.parse({
      selection: { mode: 'all' },
      destination: { kind: 'host', targetPath: '/restored' },
    }),
    createdBy: 'test',
  });
  await client.post(`/v1/jobs/${jobId}/restore/begin`, { attempt: 1 });
  const names = backup.chunks.map(({ name }) => name);
  expect(await client.fetch(jobId, names.slice(-1))).toHaveLength(1);
  await setState('disabled');
  const refused = await client.postBytes(`/v1/jobs/${jobId}/restore/chunks`, names[0]!);
  expect(refused).toMatchObject({
    status: 424,
    json: { error: { code: 'key_unavailable', reason: 'key_disabled' } },
  });
  expect(refused.json.error.message).toContain('Enable the key under Keys');
  await setState('enabled');
  expect(await client.fetch(jobId, names)).toHaveLength(names.length);
});

test('a download that runs breaks off within a step of the key being disabled', async () => {
  const { accountId, backup, setState } = await setUp(fileBytes);
  const user = await factories.makeUser(owner, { accountId });
  const ask = async () => {
    const token = newSecret('cvd');
    await owner.insert(downloadTickets).values({
      accountId,
      tokenHash: hashSecret(token),
      userId: user.id,
      pointId: backup.pointId,
      path: 'big.bin',
      expiresAt: new Date(Date.now() + 60_000),
    });
    const outgoing = request({
      host: '127.0.0.1',
      port: gateway.port,
      ca: gateway.cert,
      path: `/download/${token}`,
      agent: false,
    }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    return response;
  };
  const response = await ask();
  expect(response.statusCode).toBe(200);
  let received = 0;
  await setState('disabled');
  const end = new Promise<string>((resolve) => {
    response.on('error', () => resolve('broken off'));
    response.on('end', () => resolve('complete'));
  });
  response.on('data', (bytes) => (received += bytes.length));
  expect(await end).toBe('broken off');
  expect(received).toBeLessThan(fileBytes);

  const shut = await ask();
  expect(shut.statusCode).toBe(424);
  shut.resume();
  await setState('enabled');
  const again = await ask();
  let total = 0;
  for await (const bytes of again) total += bytes.length;
  expect(total).toBe(fileBytes);
});
