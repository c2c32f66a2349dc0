import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { HanaDouble } from '@/client/testing/hana-double';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { DataSource } from '@/lib/sources/schemas';
import { expectAccessible } from '../harness/accessibility';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, choose, expectNotice } from '../harness/console';
import { Host } from '../harness/host';
import { root } from '../harness/installation';
import { makeVault } from '../harness/pair';

/** A SAP HANA instance: registered, backed up by its own agent, looked at, and a recovery prepared. */

test.describe.configure({ mode: 'serial' });

const region = 'eu-central-1';
const host = new Host();
let me: Console;
let api: Api;
let source: DataSource;

test.beforeAll(async ({ browser }) => {
  me = await openConsoleAs(browser, await makeAccount('Hana Works'));
  api = new Api(me.page);
  await makeVault(api, { kind: 'standard', name: 'hana-vault', region });
  const { command } = await api.post<{ command: string }>('/enrolment-tokens', { region });
  await host.crossvault(...command.split(' ').slice(1), '--name', 'hana-host');
  host.startDaemon();
});
test.afterAll(() => host.dispose());

test('an instance is registered; its backups are its own to start', async () => {
  const { page } = me;
  await page.goto(`/${region}/data-sources?register=hana`);
  const panel = page.getByRole('dialog', { name: 'Register data source' });
  await choose(panel, 'Client', /hana-host/);
  await panel.getByRole('textbox', { name: 'SID' }).fill('hxe');
  await panel.getByRole('textbox', { name: 'Instance number' }).fill('00');
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expect(panel).toContainText('Three capital letters or digits');
  await panel.getByRole('textbox', { name: 'SID' }).fill('HXE');
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expectNotice(page, 'HXE is registered');
  source = (await api.list<DataSource>('/data-sources')).find(({ kind }) => kind === 'hana')!;
  await page.goto(`/${region}/data-sources/${source.id}`);
  await expect(page.getByText('No database has been backed up yet')).toBeVisible();
  const backUp = page.getByRole('button', { name: 'Back up' }).first();
  await expect(backUp).toHaveAttribute('aria-disabled', 'true');
});

test('the agent that the host sets up backs up, and the page shows each database and a gap in its log', async () => {
  const { page } = me;
  const told = await host.crossvault('hana', 'setup', '--sid', 'HXE', '--vault', 'hana-vault');
  expect(told).toContain('data_backup_parameter_file');
  const hana = await HanaDouble.make(join(root, 'dist/hdbbackint.js'), join(host.data, 'hana'), 'HXE@HXE', {
    ...{ instance: source.id, vault: 'hana-vault', client_dir: join(host.folder, 'client') },
  });
  const full = { day_databackup_0_1: randomBytes(400_000), day_databackup_2_1: randomBytes(900_000) };
  expect(await hana.backup({ backupId: '1700000000001', volumes: full })).toMatchObject({ code: 0 });
  for (const [id, name] of [
    ['2', 'log_backup_2_0_64_128.2'],
    ['3', 'log_backup_2_0_256_512.3'],
  ] as const) {
    const volumes = { [name]: randomBytes(50_000), 'log_backup_0_0_0_0.9': randomBytes(900) };
    expect(await hana.backup({ backupId: id, level: 'LOG', volumes })).toMatchObject({ code: 0 });
  }
  await page.reload();
  await expect(page.getByText('Volume 2: between the positions 128 and 256')).toBeVisible();
  await expect(page.getByText('1 gap')).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/hana-instance.png', fullPage: true });
  await page.setViewportSize({ width: 390, height: 900 });
  await page.screenshot({ path: 'test-results/hana-instance-390.png', fullPage: true });
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a recovery is prepared, and its job shows what to run in HANA', async () => {
  const { page } = me;
  const points = await api.list<BackupPoint>('/backup-points');
  const complete = points.find(({ hana }) => hana?.level === 'COMPLETE')!;
  const [client] = await api.list<BackupClient>('/clients');
  expect(client?.name).toBe('hana-host');
  const job = await api.post<Job>('/jobs/restore', {
    pointId: complete.id,
    selection: { mode: 'all' },
    destination: { kind: 'hana', sourceId: source.id },
  });
  await page.goto(`/${region}/restore-jobs/${job.id}`);
  await expect(page.getByText('Run in SAP HANA')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/RECOVER DATABASE FOR HXE UNTIL TIMESTAMP/)).toBeVisible();
  await expect(page.getByText(/between the positions 128 and 256/)).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/hana-job.png', fullPage: true });
  await page.goto(`/${region}/backup-points/${complete.id}`);
  await expect(page.getByText('Complete backup of HXE@HXE').first()).toBeVisible();
  expect(me.problems).toEqual([]);
});
