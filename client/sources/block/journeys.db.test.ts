import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { makeServer } from '@/db/factories';
import { backupPoints, disks, jobs, kmsKeys, notifications, policyTimers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { deleteBackupPoint } from '@/lib/backup-points';
import { allowDiskKeys, createDisk, downloadDisk, getDisk, withdrawDiskKeys } from '@/lib/disks';
import { openDisk } from '@/lib/engine/core/disk';
import { diskDuty } from '@/lib/engine/disks/disk-duty';
import { type InternalClaims, signInternalToken } from '@/lib/engine/gateway/internal-token';
import { accept, share, tickWell } from '@/lib/engine/sharing/test-sharing';
import { createKeyMaterial } from '@/lib/engine/vaults';
import { makeKey, makeVault } from '@/lib/engine/vaults/test-environment';
import { startBackup } from '@/lib/jobs';
import { createKeyGrant } from '@/lib/key-grants';
import { createPolicy, listPolicyRuns } from '@/lib/policies';
import { policyDuty } from '@/lib/policies/policy-duty';
import { policyInput, rule } from '@/lib/policies/test-policy';
import { diskFile } from '@/lib/regions';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { capacityDuty } from '@/lib/vaults/capacity-duty';
import { TestRegion } from '../../testing/test-region';
import { blockWorld, imageOf } from './test-block';

const database = await testDatabase();
const { owner } = database;
const world = await blockWorld(database);
const { engine } = world;
const region = 'cn-hangzhou';
const mib = 2 ** 20;
const gib = 2 ** 30;

async function arrange(given: Partial<typeof vaults.$inferInsert> & { isUnderKey?: boolean } = {}) {
  const { isUnderKey, ...vault } = given;
  const account = await testAccount(database);
  const kmsKeyId = isUnderKey ? await makeKey(owner, account.id) : undefined;
  if (kmsKeyId) await createKeyMaterial(engine.vaults, { accountId: account.id, keyId: kmsKeyId });
  const vaultId = await makeVault(
    engine.vaults,
    owner,
    { accountId: account.id, resourceGroupId: account.groupId },
    { kind: 'disk_backup', region, capacityBytes: gib, ...(kmsKeyId && { kmsKeyId }), ...vault },
  );
  const place = await TestRegion.make(database, engine, { accountId: account.id, vaultId });
  await world.startMover();
  return { account, vaultId, place, kmsKeyId: kmsKeyId ?? '' };
}
type Place = Awaited<ReturnType<typeof arrange>>;

const vaultRow = async (id: string) => (await owner.select().from(vaults).where(eq(vaults.id, id)))[0]!;
const diskRow = async (id: string) => (await owner.select().from(disks).where(eq(disks.id, id)))[0]!;

/** What the web server sends the engine for a user whom it has authorised. */
function ask(
  accountId: string,
  op: InternalClaims['op'],
  diskId: string,
  { body, headers = {} }: { body: Uint8Array | string; headers?: Record<string, string> },
  signedFor = op,
) {
  const claims = { accountId, userId: 'u-1', op: signedFor, pointId: diskId };
  const token = signInternalToken(engine.env.internalSecret, claims, new Date());
  return engine.send('POST', `/internal/${op}`, {
    body,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
}
const download = (accountId: string, diskId: string, format = 'raw') =>
  ask(accountId, 'disk-download', diskId, { body: JSON.stringify({ format }) });

async function upload(accountId: string, diskId: string, bytes: Buffer) {
  const piece = 3 * mib;
  for (let at = 0; at < bytes.length; at += piece) {
    const headers = { 'content-type': 'application/octet-stream', 'x-crossvault-offset': String(at) };
    const sent = await ask(accountId, 'disk-upload', diskId, {
      body: bytes.subarray(at, at + piece),
      headers,
    });
    expect(sent.status).toBe(200);
  }
}

/** What an account is charged for. */
async function metersOf({ id }: TestAccount): Promise<string[]> {
  const rows = await owner.execute<{ meter: string }>(sql`
    select meter from open_meters where account_id = ${id} and (stored_bytes <> 0 or quantity <> 0)
    union select meter from usage_hours where account_id = ${id}`);
  return rows.map(({ meter }) => meter).sort();
}

/** The engine's own work with disks, until this one is ready. */
const untilAvailable = (account: TestAccount, id: string) =>
  vi.waitFor(
    async () => {
      while (await diskDuty.run({ ...engine.vaults }, account.id));
      expect(await diskRow(id)).toMatchObject({ state: 'available', stateReason: null });
    },
    { timeout: 20_000, interval: 50 },
  );

async function backUp({ account, place, vaultId }: Place, sourceId: string) {
  const { id } = await startBackup(account.as('operator'), {
    sourceId,
    vaultId,
    paths: ['/'],
    retentionDays: 7,
  });
  return world.pointOf(place, id);
}

async function registerDisk({ account, place }: Place, bytes: Buffer) {
  const disk = await world.addDisk(account.id, bytes);
  return { disk, sourceId: await place.addSource({ kind: 'disk', diskId: disk.id }, undefined, disk.id) };
}

test('an encrypted disk is uploaded, backed up, shared with its key, accepted and made a disk again, encrypted and equal all along', async () => {
  const [from, to] = [await arrange({ isUnderKey: true }), await arrange({ isUnderKey: true })];
  const bytes = imageOf(12 * mib, [0, 7 * mib]);
  const marker = bytes.subarray(7 * mib, 7 * mib + 64);
  const admin = from.account.as('administrator');
  const input = {
    name: 'ledger',
    region,
    kmsKey: from.kmsKeyId,
    from: { kind: 'upload' as const, fileName: 'ledger.raw', fileBytes: bytes.length },
  };
  await expect(createDisk(admin, input)).rejects.toMatchObject({ reason: 'disk_keys_not_allowed' });
  await allowDiskKeys(admin, { region });
  const disk = await createDisk(admin, input);
  await upload(from.account.id, disk.id, bytes);
  await untilAvailable(from.account, disk.id);
  const sealed = await readFile(diskFile(await diskRow(disk.id)));
  expect(sealed.includes(marker)).toBe(false);

  const { sourceId } = await getDisk(admin, { id: disk.id });
  await withdrawDiskKeys(admin, { region });
  await expect(backUp(from, sourceId!)).rejects.toMatchObject({ reason: 'disk_keys_not_allowed' });
  await allowDiskKeys(admin, { region });
  const point = await backUp(from, sourceId!);
  expect(point).toMatchObject({
    isEncrypted: true,
    resource: { disks: [{ encryption: { kmsKeyId: from.kmsKeyId } }] },
  });
  const reattributed = owner
    .update(backupPoints)
    .set({ isEncrypted: false })
    .where(eq(backupPoints.id, point.id));
  await expect(reattributed).rejects.toThrow();

  const sharing = {
    environment: engine.vaults,
    sharer: from.account,
    recipient: to.account,
    target: { accountId: to.account.id, vaultId: to.vaultId },
  };
  await expect(share(sharing, point.id)).rejects.toMatchObject({ reason: 'BackupService.6709' });
  await createKeyGrant(admin, { keyId: from.kmsKeyId, grantee: to.account.id });
  const copyId = await accept(sharing, await share(sharing, point.id));
  await tickWell(sharing, to.account);
  // Nothing but the vaults costs, on either side.
  for (const { account } of [from, to]) expect(await metersOf(account)).toEqual(['storage_disk_backup']);
  await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, from.kmsKeyId));

  const recipient = to.account.as('administrator');
  const wanted = { name: 'ledger-copy', region, from: { kind: 'backup' as const, pointId: copyId } };
  await expect(createDisk(recipient, wanted)).rejects.toMatchObject({ reason: 'disk_keys_not_allowed' });
  await allowDiskKeys(recipient, { region });
  const made = await createDisk(recipient, wanted);
  expect(made).toMatchObject({ isEncrypted: true, kmsKey: { id: to.kmsKeyId }, format: 'raw' });
  await untilAvailable(to.account, made.id);
  expect((await readFile(diskFile(await diskRow(made.id)))).includes(marker)).toBe(false);
  const equalsWhatWasSent = async () => (await download(to.account.id, made.id)).body.equals(bytes);
  expect(await equalsWhatWasSent()).toBe(true);

  await deleteBackupPoint(admin, { id: point.id, confirm: point.id });
  for (let i = 0; i < 3; i++) await tickWell(sharing, to.account);
  expect(await owner.select().from(backupPoints).where(eq(backupPoints.id, copyId))).toEqual([]);
  expect(await diskRow(made.id)).toMatchObject({ state: 'available', isEncrypted: true });
  expect(await equalsWhatWasSent()).toBe(true);
});

describe('the download of a disk', () => {
  test('gives its bytes as raw and as qcow2, as long as announced', async () => {
    const { account } = await arrange();
    const bytes = imageOf(20 * mib, [0, 11 * mib + 4096]);
    const { id } = await world.addDisk(account.id, bytes, { format: 'qcow2' });
    const raw = await download(account.id, id);
    expect(raw.headers['content-length']).toBe(String(bytes.length));
    expect(raw.body.equals(bytes)).toBe(true);
    const packed = await download(account.id, id, 'qcow2');
    expect(packed.headers['content-length']).toBe(String(packed.body.length));
    expect(packed.body.length).toBeLessThan(5 * mib);
    const file = `${world.folder}/${id}.qcow2`;
    await writeFile(file, packed.body);
    const device = await openDisk(file, 'qcow2');
    const back = Buffer.alloc(device.sizeBytes);
    await device.read(0, back);
    await device.close();
    expect(back.equals(bytes)).toBe(true);
  });

  test('is nothing for another account, for a token of something else, and for none', async () => {
    const { account } = await arrange();
    const stranger = await testAccount(database);
    const { id } = await world.addDisk(account.id, randomBytes(mib));
    expect((await download(stranger.id, id)).status).toBe(404);
    expect((await download(account.id, 'd-00000000000000000000')).status).toBe(404);
    const asked = { body: JSON.stringify({ format: 'raw' }) };
    expect((await ask(account.id, 'disk-download', id, asked, 'disk-upload')).status).toBe(401);
    const bare = await engine.send('POST', '/internal/disk-download', asked);
    expect(bare.status).toBe(401);
    await expect(downloadDisk(stranger.as('operator'), { id, format: 'raw' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(downloadDisk(account.as('auditor'), { id, format: 'raw' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('is refused while its server runs, before anything is sent', async () => {
    const { account } = await arrange();
    const server = await makeServer(owner, { accountId: account.id });
    const { id } = await world.addDisk(account.id, randomBytes(mib), { serverId: server.id, position: 0 });
    await owner.execute(`update servers set state = 'running' where id = '${server.id}'`);
    await expect(downloadDisk(account.as('operator'), { id, format: 'raw' })).rejects.toMatchObject({
      code: 'state_conflict',
    });
  });

  test('an upload takes its pieces in order, and says where to go on', async () => {
    const { account } = await arrange();
    const bytes = randomBytes(4 * mib);
    const from = { kind: 'upload' as const, fileName: 'x.raw', fileBytes: bytes.length };
    const { id } = await createDisk(account.as('operator'), { name: 'sent', region, from });
    const send = (at: number) =>
      ask(account.id, 'disk-upload', id, {
        body: bytes.subarray(at, at + mib),
        headers: { 'content-type': 'application/octet-stream', 'x-crossvault-offset': String(at) },
      });
    expect((await send(mib)).json.error).toMatchObject({
      reason: 'other_offset',
      message: 'Go on at byte 0.',
    });
    for (let at = 0; at < bytes.length; at += mib) expect((await send(at)).status).toBe(200);
    expect((await send(3 * mib)).status).not.toBe(200);
    await untilAvailable(account, id);
    const device = await openDisk(diskFile(await diskRow(id)), 'qcow2');
    const back = Buffer.alloc(device.sizeBytes);
    await device.read(0, back);
    await device.close();
    expect(back.equals(bytes)).toBe(true);
  });
});

test('a policy backs up a disk and a server with all its disks when its rule is due, and keeps what its rule says', async () => {
  const arranged = await arrange();
  const { account, place, vaultId } = arranged;
  const { sourceId } = await registerDisk(arranged, imageOf(8 * mib, [0]));
  const server = await makeServer(owner, { accountId: account.id });
  for (const position of [0, 1])
    await world.addDisk(account.id, imageOf(4 * mib, [mib]), { serverId: server.id, position });
  const serverSource = await place.addSource({ kind: 'server', serverId: server.id }, undefined, server.id);
  const serverVault = await makeVault(
    engine.vaults,
    owner,
    { accountId: account.id, resourceGroupId: account.groupId },
    { kind: 'server_backup', region, capacityBytes: gib },
  );
  const bindings = [
    { sourceId, vaultId, paths: ['/'] },
    { sourceId: serverSource, vaultId: serverVault, paths: ['/'] },
  ];
  const policy = await createPolicy(
    account.as('administrator'),
    policyInput({ rules: [rule({ retention: { days: 9 } })], bindings }),
  );
  const due = new Date(Date.now() - 1000);
  await owner
    .update(policyTimers)
    .set({ runAt: due, lookAt: due })
    .where(eq(policyTimers.accountId, account.id));
  while (await policyDuty.run(engine.vaults, account.id));
  const points = await vi.waitFor(
    async () => {
      const found = await owner.select().from(backupPoints).where(eq(backupPoints.accountId, account.id));
      const why = await owner.select().from(jobs).where(eq(jobs.accountId, account.id));
      expect(
        found,
        JSON.stringify(why.map(({ status, errorMessage }) => [status, errorMessage])),
      ).toHaveLength(2);
      return found;
    },
    { timeout: 20_000, interval: 50 },
  );
  const byKind = Object.fromEntries(points.map((point) => [point.sourceKind, point]));
  expect(byKind.disk).toMatchObject({ vaultId, retentionDays: 9, resource: { kind: 'disk' } });
  expect(byKind.server).toMatchObject({ vaultId: serverVault, retentionDays: 9, fileCount: 2 });
  expect(points.every(({ policyRunId, bindingId }) => policyRunId !== null && bindingId !== null)).toBe(true);
  await vi.waitFor(
    async () => {
      const { items } = await listPolicyRuns(account.as('auditor'), { policyId: policy.id });
      expect(items.map(({ state }) => state)).toEqual(['complete', 'complete']);
    },
    { timeout: 10_000, interval: 50 },
  );
});

describe('the capacity of a vault, with real backups', () => {
  test('the account is told once when its threshold is passed, and again after it had fallen', async () => {
    const arranged = await arrange({ capacityBytes: 20 * mib, thresholdPercent: 50 });
    const { account } = arranged;
    const look = async () => {
      while (await capacityDuty.run(engine.vaults, account.id));
      const told = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
      return told.filter(({ kind }) => kind === 'vaults.capacity_threshold');
    };
    const small = await registerDisk(arranged, imageOf(8 * mib, [0, mib, 2 * mib]));
    await backUp(arranged, small.sourceId);
    expect(await look()).toEqual([]);
    const large = await registerDisk(
      arranged,
      imageOf(
        16 * mib,
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => n * mib),
      ),
    );
    const point = await backUp(arranged, large.sourceId);
    const told = await look();
    expect(told).toMatchObject([{ severity: 'warning', title: expect.stringMatching(/is 5\d % full$/) }]);
    expect(await look()).toHaveLength(1);
    await deleteBackupPoint(account.as('administrator'), { id: point.id, confirm: point.id });
    for (let i = 0; i < 3; i++) await tickWell({ environment: engine.vaults }, account);
    expect((await vaultRow(arranged.vaultId)).storedBytes).toBeLessThan(5 * mib);
    expect(await look()).toHaveLength(1);
    const again = await registerDisk(
      arranged,
      imageOf(
        16 * mib,
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => n * mib),
      ),
    );
    await backUp(arranged, again.sourceId);
    expect(await look()).toHaveLength(2);
  });

  test('one that expands by itself takes what is larger than it, and costs its new capacity', async () => {
    const arranged = await arrange({ capacityBytes: 6 * mib, isAutoExpanding: true });
    const { sourceId, disk } = await registerDisk(
      arranged,
      imageOf(
        12 * mib,
        Array.from({ length: 10 }, (_, n) => n * mib),
      ),
    );
    await owner
      .update(disks)
      .set({ allocatedBytes: 10 * mib })
      .where(eq(disks.id, disk.id));
    await backUp(arranged, sourceId);
    const row = await vaultRow(arranged.vaultId);
    expect(row).toMatchObject({ capacityBytes: 2 * gib, status: 'created' });
    expect(row.storedBytes).toBeGreaterThan(10 * mib);
    const [meter] = await owner.execute<{ bytes: number }>(
      `select stored_bytes::float8 as bytes from open_meters where vault_id = '${arranged.vaultId}' and meter = 'storage_disk_backup'`,
    );
    expect(meter!.bytes).toBe(2 * gib);
    const fixed = await arrange({ capacityBytes: 6 * mib });
    const held = await registerDisk(
      fixed,
      imageOf(
        12 * mib,
        Array.from({ length: 10 }, (_, n) => n * mib),
      ),
    );
    await owner
      .update(disks)
      .set({ allocatedBytes: 10 * mib })
      .where(eq(disks.id, held.disk.id));
    await expect(backUp(fixed, held.sourceId)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });
});
