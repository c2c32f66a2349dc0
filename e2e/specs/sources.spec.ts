import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { fileSystems } from '@/db/schema';
import { inspectMount } from '@/lib/engine/core/posix/mounts';
import type { Job } from '@/lib/jobs/schemas';
import { expectAccessible } from '../harness/accessibility';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
  confirmTyped,
  expectNotice,
  factOf,
  goTo,
  pick,
  rowOf,
  switchRegion,
} from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { enrolHost } from '../harness/sources';
import { createVault, expectJobComplete, summaryOf } from '../harness/steps';

/** A data source that no host serves, from its registration to its removal: the engine's mover does the work. */

test.describe.configure({ mode: 'serial' });

const region = { id: 'cn-hangzhou', name: 'China (Hangzhou)' };
const files = mkdtempSync(join(tmpdir(), 'crossvault-nas-'));
const host = new Host();
let admin: Console;
let sourceUrl: string;

test.beforeAll(async ({ browser }) => {
  mkdirSync(join(files, 'reports'));
  writeFileSync(join(files, 'reports', 'spring.pdf'), 'spring\n'.repeat(20_000));
  writeFileSync(join(files, 'reports', 'notes.txt'), 'notes\n'.repeat(200));
  const account = await makeAccount('Keepers of Shelves');
  await registerMount(account.accountId);
  admin = await openConsoleAs(browser, account);
  await switchRegion(admin.page, region.name);
  await createVault(admin.page, { kind: 'vault', name: 'shelf-vault' });
});

test.afterAll(async () => {
  await host.dispose();
  rmSync(files, { recursive: true, force: true });
});
test.afterEach(() => {
  expect(admin.problems.splice(0)).toEqual([]);
});

/** What an operator mounts for an account stands here for the machine's own file system, which the command refuses. */
async function registerMount(accountId: string): Promise<void> {
  const { fsType, source: fsSource, root: fsRoot, fsId, mountPath } = await inspectMount('/');
  const mount = { fsType, fsSource, fsRoot, fsId, mountPath };
  const row = { accountId, id: `fs-${accountId}`, region: region.id, kind: 'nas', name: 'Shelves' } as const;
  await asDatabaseOwner((db) => db.insert(fileSystems).values({ ...row, ...mount }));
}

const panelOf = () => admin.page.getByRole('dialog', { name: 'Register data source' });
async function openRegister() {
  await goTo(admin.page, 'Data sources');
  await admin.page.getByRole('button', { name: 'Register data source' }).first().click();
  await expect(panelOf()).toBeVisible();
}

test('each field says what it needs, and nothing typed is lost', async () => {
  await openRegister();
  const panel = panelOf();
  await panel.getByRole('textbox', { name: 'Bucket' }).fill('A');
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expect(panel).toContainText('Give an http or https address.');
  await expect(panel).toContainText('Not the name of a bucket.');
  await expect(panel).toContainText('Enter the access key id.');
  await expect(panel.getByRole('textbox', { name: 'Bucket' })).toHaveValue('A');
  await choose(panel, 'Kind', /^SAP HANA/);
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expect(panel).toContainText('Choose the client of the host that it is on.');
});

test('a file system is checked through the mover and registered', async () => {
  const panel = panelOf();
  await choose(panel, 'Kind', /^File Storage NAS/);
  await choose(panel, 'File system', /^Shelves/);
  await panel.getByRole('button', { name: 'Check connection' }).click();
  await expect(panel.getByRole('status')).toContainText('It can be reached', { timeout: 30_000 });
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expectNotice(admin.page, 'Shelves is registered.');
  await expect(rowOf(admin.page, 'Data sources', 'Shelves')).toContainText('Reachable', { timeout: 30_000 });
  await expect(rowOf(admin.page, 'Data sources', 'Shelves')).toContainText('Not protected');
});

test('the same again is refused', async () => {
  await openRegister();
  const panel = panelOf();
  await choose(panel, 'Kind', /^File Storage NAS/);
  await choose(panel, 'File system', /^Shelves/);
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expect(panel).toContainText('Shelves is registered already.');
  await admin.page.keyboard.press('Escape');
});

test('parts of it are chosen by looking inside, and backed up', async () => {
  const { page } = admin;
  await rowOf(page, 'Data sources', 'Shelves').getByRole('link', { name: 'Shelves' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Shelves' })).toBeVisible();
  await expect(summaryOf(page)).toContainText('The engine of this installation');
  sourceUrl = page.url();
  await page.getByRole('button', { name: 'Back up', exact: true }).first().click();
  const panel = page.getByRole('dialog', { name: 'Start backup' });
  await choose(panel, 'Vault', /^shelf-vault/);
  await panel.getByRole('radio', { name: /^Chosen parts/ }).click();
  await panel.getByRole('button', { name: 'Browse data source' }).click();
  const inside = panel.getByRole('region', { name: 'What Shelves holds' });
  for (const part of files.split('/').filter(Boolean).slice(0, -1))
    await inside.getByRole('button', { name: part, exact: true }).click({ timeout: 30_000 });
  const folder = files.split('/').at(-1)!;
  await inside.getByRole('checkbox', { name: `Back up ${folder}` }).click({ timeout: 30_000 });
  await expect(panel.getByRole('list')).toContainText([/./, files]);
  await panel.getByRole('button', { name: 'Start backup' }).click();
  await expect(page).toHaveURL(/backup-jobs\/job-/);
  await expectJobComplete(page);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`Backup of Shelves: ${files}`);
});

test('its page tells which point holds a file', async () => {
  const { page } = admin;
  await page.goto(sourceUrl);
  await expect(page.getByRole('table', { name: 'Backup points' })).toContainText('shelf-vault');
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Find files' }).click();
  await page.getByRole('textbox', { name: 'Name or path' }).fill('*.pdf');
  await page.getByRole('button', { name: 'Find files' }).click();
  await expect(page.getByRole('region', { name: 'Find files' })).toContainText('reports/spring.pdf');
  await expect(page.getByRole('region', { name: 'Find files' })).toContainText('1 point looked at');
  await expectAccessible(page);
});

test('removed, it leaves its points behind', async () => {
  const { page } = admin;
  await goTo(page, 'Data sources');
  await pick(page, 'Shelves', 'Remove');
  await expect(page.getByRole('alertdialog')).toContainText('1 point');
  await confirmTyped(page, 'Remove data source', 'Shelves');
  await expectNotice(page, 'Shelves is removed.');
  const points = await new Api(page).list<{ id: string }>('/backup-points');
  expect(points).toHaveLength(1);
  const [job] = await new Api(page).list<Job>('/jobs');
  expect(job).toMatchObject({ status: 'complete', client: { isHost: false } });
});

test('the folders of a host are chosen by looking at it, and what a pattern takes is backed up', async () => {
  const { page } = admin;
  const api = new Api(page);
  await enrolHost(api, host, { name: 'shelf-host', placement: 'server', region: region.id });
  writeFileSync(join(host.data, 'keep.pdf'), 'kept');
  writeFileSync(join(host.data, 'leave.log'), 'left');
  await goTo(page, 'Clients');
  await pick(page, 'shelf-host', 'Back up');
  const panel = page.getByRole('dialog', { name: 'Start backup' });
  await choose(panel, 'Vault', /^shelf-vault/);
  await panel.getByRole('button', { name: 'Browse host' }).click();
  const inside = panel.getByRole('region', { name: 'What shelf-host holds' });
  for (const part of host.data.split('/').filter(Boolean).slice(0, -1))
    await inside.getByRole('button', { name: part, exact: true }).click({ timeout: 30_000 });
  const folder = host.data.split('/').at(-1)!;
  await inside.getByRole('checkbox', { name: `Back up ${folder}` }).click({ timeout: 30_000 });
  await panel.getByRole('textbox', { name: 'Take only' }).fill('*.pdf');
  await panel.getByRole('button', { name: 'Start backup' }).click();
  await expect(page).toHaveURL(/backup-jobs\/job-/);
  await expectJobComplete(page);
  await expect(factOf(page.getByRole('main'), 'Files')).toHaveText('1');
});
