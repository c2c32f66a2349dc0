import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { backupPoints, dataSources, policyRuns, policyTimers, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { getBackupPoint } from '@/lib/backup-points';
import { newId } from '@/lib/context';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { TestClient, TestGateway } from '@/lib/engine/gateway/test-gateway';
import { buildTree } from '@/lib/engine/gateway/test-tree';
import { expirePoints } from '@/lib/engine/ticker/points';
import { backUp, makeWorld, replicatedPoints, tick } from '@/lib/engine/transfer/test-world';
import { makeVault } from '@/lib/engine/vaults/test-environment';
import { startRestore } from '@/lib/restores';
import { testAccount } from '@/lib/testing/world';
import { createPolicy, deletePolicy, listPolicyRuns, updatePolicy } from '.';
import { policyDuty } from './policy-duty';
import { policyInput, rule } from './test-policy';

const database = await testDatabase();
const { owner, app, engine } = database;
const gateway = await TestGateway.start(database);
const dayMs = 86_400_000;

/** A policy bound to a real vault and a client that speaks the protocol. */
async function arrange(
  retention: Parameters<typeof rule>[0] = { retention: { days: 30, monthlyDays: 400 } },
) {
  const account = await testAccount(database);
  const vaultId = await makeVault(gateway.vaults, owner, {
    accountId: account.id,
    resourceGroupId: account.groupId,
  });
  const client = await TestClient.make(gateway, owner, account.id);
  const source = {
    accountId: account.id,
    id: newId('ds'),
    kind: 'local_file' as const,
    clientId: client.clientId,
  };
  await owner.insert(dataSources).values({ ...source, name: 'fs-1' });
  const bindings = [{ sourceId: source.id, vaultId, paths: ['/data'] }];
  const policy = await createPolicy(
    account.as('administrator'),
    policyInput({ rules: [rule(retention)], bindings }),
  );
  return { account, vaultId, client, policy, bindingId: policy.bindings[0]!.id };
}

/** The ticker starts the run, and the client backs up what it was offered. */
async function runOnce(
  { account, client, bindingId }: Awaited<ReturnType<typeof arrange>>,
  seed = 1,
  lies = {},
) {
  const now = new Date(Date.now() - 1000);
  await owner
    .update(policyTimers)
    .set({ runAt: now, lookAt: now })
    .where(eq(policyTimers.bindingId, bindingId));
  while (await policyDuty.run(gateway.vaults, account.id));
  const heartbeat = {
    version: '1',
    runningJobs: [],
    waitSeconds: 0,
    hostname: 'fs-1',
    platform: 'linux x64',
  };
  const offered = await client.post('/v1/heartbeat', heartbeat);
  const [offer] = (offered.json as unknown as { jobs: { jobId: string; attempt: number }[] }).jobs;
  const { json: begun } = await client.begin(offer!.jobId, offer!.attempt);
  const tree = await buildTree(Buffer.from(begun.namingKey, 'base64'), { 'a.txt': prose(20_000, seed) });
  await client.sendChunks(offer!.jobId, tree.chunks, offer!.attempt);
  const committed = await client.commit(offer!.jobId, tree.root, { attempt: offer!.attempt, ...lies });
  if (committed.status !== 200) throw new Error(committed.body.toString());
  await client.finish(offer!.jobId, 'complete', offer!.attempt);
  return pointOf(committed.json.pointId);
}

const pointOf = async (id: string) =>
  (await owner.select().from(backupPoints).where(eq(backupPoints.id, id)))[0]!;
const isThere = async (id: string) => (await pointOf(id))?.status === 'visible';

describe('a point that a policy makes', () => {
  test('has the retention that its run decided, and shows which policy and rule it was and why', async () => {
    const arranged = await arrange();
    const { account, policy, bindingId } = arranged;
    const first = await runOnce(arranged);
    const second = await runOnce(arranged, 2);
    expect([first.retentionDays, second.retentionDays]).toEqual([400, 30]);
    expect(first.expiresAt.getTime() - first.createdAt.getTime()).toBe(400 * dayMs);
    expect(first).toMatchObject({ bindingId, keepsNewest: true, archiveAt: null });
    const { items } = await listPolicyRuns(account.as('auditor'), { bindingId });
    expect(items.map(({ state, pointId }) => [state, pointId])).toEqual([
      ['complete', second.id],
      ['complete', first.id],
    ]);
    expect(await getBackupPoint(account.as('auditor'), { id: first.id })).toMatchObject({
      keepsNewest: true,
      policy: {
        id: policy.id,
        name: policy.name,
        ruleName: 'Nightly',
        retentionReason: 'The first point of its month is kept 400 days.',
        isDeleted: false,
      },
    });
  });

  test('is archived when its rule says, and the date is fixed with it', async () => {
    const point = await runOnce(await arrange({ retention: { days: 120 }, archiveAfterDays: 45 }));
    expect(point.archiveAt!.getTime() - point.createdAt.getTime()).toBe(45 * dayMs);
  });

  test('is kept as long as was decided, whatever its client sends along', async () => {
    const lies = {
      retentionDays: 1,
      expiresAt: new Date().toISOString(),
      policyRunId: null,
      keepsNewest: false,
    };
    const point = await runOnce(await arrange(), 1, lies);
    expect(point).toMatchObject({ retentionDays: 400, keepsNewest: true, policyRunId: expect.any(String) });
  });

  test('is refused by the database when it is not what its run asked for', async () => {
    const arranged = await arrange();
    const made = await runOnce(arranged);
    const insert = (change: object) =>
      inAccount(engine, arranged.account.id, (tx) => {
        const id = newId('s');
        return tx.insert(backupPoints).values({ ...made, id, originPointId: id, ...change });
      });
    for (const change of [
      { retentionDays: 1 },
      { keepsNewest: false },
      { bindingId: 'pb-x' },
      { policyRunId: 'run-x' },
    ]) {
      await expect(insert(change)).rejects.toMatchObject({ cause: { code: 'CV005' } });
    }
    await insert({});
  });
});

describe('a hostile administrator', () => {
  test('who shortens, empties and deletes the policy changes no point that exists', async () => {
    const arranged = await arrange();
    const { account, policy } = arranged;
    const point = await runOnce(arranged);
    const ctx = account.as('administrator');
    const shortened = await updatePolicy(ctx, {
      ...policy,
      keepsNewest: false,
      rules: [{ ...policy.rules[0]!, retention: { days: 1 } }],
    });
    expect(await pointOf(point.id)).toEqual(point);
    const later = await runOnce(arranged, 2);
    expect(later).toMatchObject({ retentionDays: 1, keepsNewest: false });
    await deletePolicy(ctx, { id: policy.id, confirm: shortened.name });
    await expirePoints(gateway.vaults, account.id);
    expect(await pointOf(point.id)).toEqual(point);
    expect((await getBackupPoint(ctx, { id: point.id })).policy).toMatchObject({ isDeleted: true });
  });

  test('reaches no retention through the database roles either', async () => {
    const arranged = await arrange();
    const point = await runOnce(arranged);
    for (const column of [
      'retention_days = 1',
      'expires_at = now()',
      'keeps_newest = false',
      'policy_run_id = null',
    ]) {
      for (const db of [app, engine]) {
        const attempt = inAccount(db, arranged.account.id, (tx) =>
          tx.execute(sql`update backup_points set ${sql.raw(column)} where id = ${point.id}`),
        );
        await expect(attempt).rejects.toMatchObject({ cause: { code: '42501' } });
      }
    }
  });
});

describe('keeping at least one', () => {
  const kept = (createdAt: string, rest = {}) => ({
    bindingId: 'pb-1',
    keepsNewest: true,
    createdAt: new Date(createdAt),
    expiresAt: new Date('2026-02-01T00:00:00Z'),
    ...rest,
  });

  test('lets the newest point outlive its date, the older ones go, and the ticker rest', async () => {
    const one = await makeWorld(database, { isStarted: false });
    const old = await backUp(one, one.source, { a: noise(1000) }, kept('2026-01-01T00:00:00Z'));
    const newest = await backUp(one, one.source, { a: noise(2000) }, kept('2026-01-02T00:00:00Z'));
    const outcome = await tick(one, one.source.accountId);
    expect(outcome.steps).toContain('expire_points');
    expect([await isThere(old), await isThere(newest)]).toEqual([false, true]);
    const idle = await tick(one, one.source.accountId);
    expect(idle.steps).not.toContain('expire_points');
    expect(idle.dueInMs === null || idle.dueInMs > 1000).toBe(true);
    // A newer one under the same promise lets it go.
    const newer = await backUp(one, one.source, { a: noise(3000) }, kept('2026-01-03T00:00:00Z'));
    await tick(one, one.source.accountId);
    expect([await isThere(newest), await isThere(newer)]).toEqual([false, true]);
  });

  test('holds per binding, and for the same folders bound anew; a point without the promise counts for nothing', async () => {
    const one = await makeWorld(database, { isStarted: false });
    const at = '2026-01-01T00:00:00Z';
    const first = await backUp(one, one.source, { a: noise(1) }, kept(at, { paths: ['/a'] }));
    const other = await backUp(
      one,
      one.source,
      { a: noise(2) },
      kept('2026-01-02T00:00:00Z', { bindingId: 'pb-2', paths: ['/b'] }),
    );
    await backUp(
      one,
      one.source,
      { a: noise(3) },
      { paths: ['/a'], expiresAt: new Date(Date.now() + dayMs) },
    );
    await backUp(one, one.source, { a: noise(4) }, { ...kept(at, { paths: ['/a'] }), sourceId: 'ds-other' });
    await tick(one, one.source.accountId);
    expect([await isThere(first), await isThere(other)]).toEqual([true, true]);
    await backUp(
      one,
      one.source,
      { a: noise(5) },
      kept('2026-01-05T00:00:00Z', { bindingId: 'pb-3', paths: ['/a'] }),
    );
    await tick(one, one.source.accountId);
    expect([await isThere(first), await isThere(other)]).toEqual([false, true]);
  });

  test('waits for the next date as before when a kept point lies past its own', async () => {
    const one = await makeWorld(database, { isStarted: false });
    await backUp(one, one.source, { a: noise(1) }, kept('2026-01-01T00:00:00Z'));
    await backUp(one, one.source, { a: noise(2) }, { expiresAt: new Date(Date.now() + 5_000_000) });
    const { dueInMs } = await tick(one, one.source.accountId);
    const seconds = (dueInMs ?? 0) / 1000;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(5000);
  });

  test('does not hold at a replication target: the copy has no policy and goes on its date', async () => {
    const one = await makeWorld(database);
    const soon = new Date(Date.now() + 60_000);
    const id = await backUp(
      one,
      one.source,
      { a: noise(1000) },
      { ...kept('2026-01-01T00:00:00Z'), expiresAt: soon },
    );
    await tick(one, one.target.accountId);
    const { targetPointId } = (await replicatedPoints(one)).get(id)!;
    expect(await pointOf(targetPointId!)).toMatchObject({
      policyRunId: null,
      bindingId: null,
      keepsNewest: false,
      expiresAt: soon,
    });
    const past = new Date(Date.now() - 1000);
    await owner.update(backupPoints).set({ expiresAt: past }).where(eq(backupPoints.originPointId, id));
    for (const { accountId } of [one.source, one.target]) await tick(one, accountId);
    expect([await isThere(id), await isThere(targetPointId!)]).toEqual([true, false]);
    const forge = owner.update(backupPoints).set({
      keepsNewest: true,
      bindingId: 'pb-1',
      originVaultId: one.source.vaultId,
      vaultId: one.target.vaultId,
    });
    await expect(forge).rejects.toMatchObject({ cause: { constraint_name: 'copies_belong_to_no_policy' } });
  });

  test('means it: a point past its date can still be restored, and goes by hand', async () => {
    const arranged = await arrange();
    const { account, client } = arranged;
    const point = await runOnce(arranged);
    await owner
      .update(backupPoints)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(backupPoints.id, point.id));
    await expirePoints(gateway.vaults, account.id);
    const input = {
      pointId: point.id,
      clientId: client.clientId,
      selection: { mode: 'all' as const },
      destination: { kind: 'host' as const, targetPath: '/r' },
    };
    expect(await startRestore(account.as('operator'), input)).toMatchObject({ status: 'queued' });
    expect((await getBackupPoint(account.as('auditor'), { id: point.id })).canDelete).toBe(true);
    expect(await owner.select().from(policyRuns).where(eq(policyRuns.pointId, point.id))).toHaveLength(1);
    expect((await owner.select().from(vaults).where(eq(vaults.id, arranged.vaultId)))[0]!.pointCount).toBe(1);
  });
});
