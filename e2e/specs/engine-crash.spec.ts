import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { Replication } from '@/lib/replication/schemas';
import { Api } from '../harness/api';
import { openConsole } from '../harness/console';
import { Host } from '../harness/host';
import { accounts, readRun } from '../harness/installation';
import { makeVault, shareVault } from '../harness/pair';
import { describeTree, makeHardTree } from '../harness/tree';

const region = 'us-west-1';
const largeBytes = 384 * 1024 * 1024;

test('the engine is killed in the middle of the first copy; started again, it finishes, and the copy is whole', async ({
  browser,
}) => {
  const giver = await openConsole(browser, { account: accounts.source });
  const keeper = await openConsole(browser, { account: accounts.destination });
  const [source, target] = [new Api(giver.page), new Api(keeper.page)];
  const host = new Host();
  const restored = mkdtempSync(join(tmpdir(), 'crossvault-restored-'));
  try {
    const from = await makeVault(source, { kind: 'standard', name: 'crash-source', region });
    const to = await makeVault(target, { kind: 'replication_target', name: 'crash-copy', region });
    await shareVault(source, target, {
      vaultId: to.id,
      name: 'crash-copies',
      accountId: giver.signIn.accountId,
    });
    makeHardTree(host.data, 'crash', largeBytes);
    const { command } = await source.post<{ command: string }>('/enrolment-tokens', { region });
    await host.crossvault(...command.split(' ').slice(1), '--name', 'crash-host');
    await host.crossvault('backup', host.data, '--vault', from.id);

    const { id } = await source.post<Replication>('/replications', {
      sourceVaultId: from.id,
      targetVaultId: to.id,
    });
    const watch = () => source.get<Replication>(`/replications/${id}`);
    await expect
      .poll(async () => (await watch()).current?.bytesDone ?? 0, { intervals: [20] })
      .toBeGreaterThan(0);
    const killed = readRun().engine;
    process.kill(killed, 'SIGKILL');
    expect((await watch()).history.completedAt).toBeNull();

    await expect.poll(() => readRun().engine, { timeout: 60_000 }).not.toBe(killed);
    await expect
      .poll(async () => (await watch()).history.percent, { timeout: 120_000, intervals: [500] })
      .toBe(100);

    const [point] = await target.list<{ id: string }>(`/backup-points?vaultId=${to.id}`);
    const clients = await target.list<BackupClient>('/clients');
    const job = await target.post<Job>('/jobs/restore', {
      pointId: point?.id,
      clientId: clients.find(({ name }) => name === 'restore-host')?.id,
      selection: { mode: 'all' },
      destination: { kind: 'host', targetPath: restored },
      conflictPolicy: 'overwrite',
    });
    const state = async () => (await target.get<Job>(`/jobs/${job.id}`)).status;
    await expect.poll(state, { timeout: 120_000, intervals: [500] }).toBe('complete');
    expect(await describeTree(join(restored, host.data))).toEqual(await describeTree(host.data));
  } finally {
    await host.dispose();
    rmSync(restored, { recursive: true, force: true });
  }
});
