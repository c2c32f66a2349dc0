import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { eq, sql } from 'drizzle-orm';
import { policyTimers } from '@/db/schema';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { Policy } from '@/lib/policies/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
  confirmTyped,
  expectNotice,
  factOf,
  goTo,
  openMenu,
  pick,
  rowOf,
  switchRegion,
} from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { createVault, enrol, summaryOf } from '../harness/steps';

/** A policy from its first run by the clock to the day it is deleted, by the clicks of its administrator. */

test.describe.configure({ mode: 'serial' });

const name = 'Records, each night';
let admin: Console;
let host: Host;

test.beforeAll(async ({ browser }) => {
  host = new Host();
  writeFileSync(join(host.data, 'ledger.txt'), 'first day\n'.repeat(500));
  admin = await openConsoleAs(browser, await makeAccount('Policy Keepers'));
  const { page } = admin;
  await switchRegion(page, 'China (Hangzhou)');
  await createVault(page, { kind: 'vault', name: 'records' });
  await createVault(page, { kind: 'replication target vault', name: 'unfit-copy' });
  await switchRegion(page, 'Germany (Frankfurt)');
  await createVault(page, { kind: 'replication target vault', name: 'records-copy' });
  await switchRegion(page, 'China (Hangzhou)');
  await enrol(page, host, 'records-host');
});

test.afterAll(() => host.dispose());
test.afterEach(() => {
  expect(admin.problems.splice(0)).toEqual([]);
});

const wizardOf = (page: Page) => page.getByRole('region', { name: /^(Create policy|Edit )/ });
const next = (page: Page) => wizardOf(page).getByRole('button', { name: 'Next' }).click();
const thePolicy = async (page: Page) => (await new Api(page).list<Policy>('/policies'))[0]!;

/** As if the night had come: the ticker finds the time of the run in the past. */
async function letRunBeDue(page: Page, minutesAgo: number): Promise<void> {
  const { bindings } = await thePolicy(page);
  await asDatabaseOwner(async (db) => {
    const at = new Date(Date.now() - minutesAgo * 60_000);
    await db
      .update(policyTimers)
      .set({ runAt: at, lookAt: at })
      .where(eq(policyTimers.bindingId, bindings[0]!.id));
    await db.execute(sql`select wake_ticker(${admin.signIn.accountId})`);
  });
}

test('is made by a wizard that says at each field what cannot be', async () => {
  const { page } = admin;
  await goTo(page, 'Policies');
  await expect(page.getByText('Nothing is backed up by itself yet')).toBeVisible();
  await page.getByRole('link', { name: 'Create policy' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await next(page);

  const days = page.getByRole('textbox', { name: 'Keep every point for, days' });
  await days.fill('0');
  await next(page);
  await expect(days).toHaveAttribute('aria-invalid', 'true');
  await expect(wizardOf(page).getByRole('alert')).toContainText('At least 1 day.');
  await days.fill('30');
  await page.getByRole('switch', { name: 'Archive points automatically' }).click();
  await next(page);
  await expect(wizardOf(page).getByRole('alert')).toContainText('are kept for at least 90 days');
  await page.getByRole('switch', { name: 'Archive points automatically' }).click();
  await page.getByRole('switch', { name: 'Keep some points longer' }).click();
  await page.getByRole('textbox', { name: 'First of the month' }).fill('400');
  await expect(page.getByRole('region', { name: 'Outlook' })).toContainText('In the long run it holds');
  await next(page);

  await choose(wizardOf(page), 'Data source', 'records-host');
  await wizardOf(page).getByRole('combobox', { name: 'Vault' }).click();
  const unfit = page.getByRole('option', { name: /^unfit-copy/ });
  await expect(unfit).toHaveAttribute('aria-disabled', 'true');
  await expect(unfit).toContainText('only takes what is replicated into it');
  await page
    .getByRole('option', { name: /^records/ })
    .first()
    .click();
  await wizardOf(page).getByRole('textbox', { name: 'Folders' }).fill('data');
  await wizardOf(page).getByRole('button', { name: 'Add folder' }).click();
  await expect(wizardOf(page)).toContainText('Write the whole path, from the root of the host.');
  await wizardOf(page).getByRole('textbox', { name: 'Folders' }).fill(host.data);
  await wizardOf(page).getByRole('button', { name: 'Add folder' }).click();
  await next(page);
  await next(page);
  await expect(wizardOf(page).getByRole('heading', { name: 'Review' })).toBeVisible();
  await wizardOf(page).getByRole('button', { name: 'Create policy' }).click();
  await expectNotice(page, `The policy ${name} is created`);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(factOf(summaryOf(page), 'Next run')).toContainText(/in \d+/);
});

test('runs when its time has come, and the point says which policy made it and until when it stays', async () => {
  const { page } = admin;
  await letRunBeDue(page, 1);
  await expect(factOf(summaryOf(page), 'Last run')).toHaveText('Complete', { timeout: 60_000 });
  await page.getByRole('tab', { name: 'Runs' }).click();
  const run = page.getByRole('table', { name: 'Runs' }).getByRole('row').nth(1);
  await expect(run).toContainText('400 days');
  await expect(run).toContainText('The first point of its month');
  await run.getByRole('link', { name: 'Point' }).click();
  await expect(factOf(summaryOf(page), 'Policy')).toContainText(name);
  const [point] = await new Api(page).list<BackupPoint>('/backup-points');
  const lifeMs = Date.parse(point!.expiresAt) - Date.parse(point!.createdAt);
  expect([point!.retentionDays, lifeMs]).toEqual([400, 400 * 86_400_000]);

  await goTo(page, 'Data sources');
  await expect(rowOf(page, 'Data sources', 'records-host')).toContainText(name);
});

test('records a run that nothing started in time, with the reason, and tells of it', async () => {
  const { page } = admin;
  await goTo(page, 'Policies');
  await page.getByRole('link', { name }).click();
  await letRunBeDue(page, 90);
  await expect(factOf(summaryOf(page), 'Next run')).toContainText(/in \d+/);
  await page.getByRole('tab', { name: 'Runs' }).click();
  const missed = page.getByRole('row').filter({ hasText: 'Missed' });
  await expect(missed).toContainText('No engine was running at its time.', { timeout: 30_000 });
  await page.getByRole('button', { name: /^Notifications/ }).click();
  await expect(page.getByText(`A run of the policy ${name} for records-host was missed`)).toBeVisible();
  await page.keyboard.press('Escape');
});

test('shows before a change is saved what it alters and what stays, and starts the replication it asks for', async () => {
  const { page } = admin;
  await page.getByRole('link', { name: 'Edit' }).click();
  await next(page);
  await page.getByRole('textbox', { name: 'Keep every point for, days' }).fill('7');
  await page.getByRole('textbox', { name: 'First of the month' }).fill('');
  await next(page);
  await page.getByRole('switch', { name: 'Replicate the vaults of this policy' }).click();
  await next(page);
  await expect(wizardOf(page).getByRole('alert')).toContainText('Choose a replication target for records.');
  await wizardOf(page).getByRole('combobox', { name: 'Target for records' }).click();
  const unfit = page.getByRole('option', { name: /^unfit-copy/ });
  await expect(unfit).toContainText('Both vaults belong to this account and region.');
  await page.getByRole('option', { name: /^records-copy/ }).click();
  await next(page);

  const changes = page.getByRole('region', { name: 'What changes' });
  await expect(changes).toContainText('30 days; first of the month 400 days');
  await expect(changes).toContainText('7 days');
  await expect(changes).toContainText('Protects less');
  await expect(changes).toContainText('Points that exist keep their dates.');
  await expect(changes).toContainText('What stays: 1 point that it has made');
  await wizardOf(page).getByRole('button', { name: 'Save policy' }).click();
  await expectNotice(page, `The policy ${name} is saved`);
  await expect(factOf(summaryOf(page), 'Replication')).toHaveText('Replicating');
  const copies = async () =>
    (await new Api(page).list<BackupPoint>('/backup-points')).filter((point) => point.isReplica);
  await expect.poll(async () => (await copies()).length, { timeout: 60_000 }).toBe(1);
  expect((await copies())[0]).toMatchObject({ retentionDays: 400, policy: null, keepsNewest: false });
});

test('is not overwritten by somebody who opened it before the change', async () => {
  const { page } = admin;
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Description' }).fill('Mine');
  const policy = await thePolicy(page);
  const { id, version, rules, keepsNewest, replicates } = policy;
  const put = await page.request.put(`/api/v1/policies/${id}`, {
    headers: { origin: new URL(page.url()).origin },
    data: { version, name, description: 'Theirs', rules, keepsNewest, replicates },
  });
  expect(put.ok()).toBe(true);
  await expect(page.getByText('has changed this policy meanwhile')).toBeVisible();
  for (let step = 0; step < 3; step++) await next(page);
  await wizardOf(page).getByRole('button', { name: 'Save policy' }).click();
  await expect(wizardOf(page).getByRole('alert')).toContainText('Your change was not saved');
  expect((await thePolicy(page)).description).toBe('Theirs');
  admin.problems.splice(0);
});

test('is switched off, run by hand, and deleted; its points stay', async () => {
  const { page } = admin;
  await goTo(page, 'Policies');
  await page.getByRole('link', { name }).click();
  await page.getByRole('tab', { name: 'Bindings' }).click();
  const binding = 'records-host into records';
  await pick(page, binding, 'Switch off');
  await expectNotice(page, 'Runs for records-host are switched off.');
  await expect(page.getByRole('tabpanel')).toContainText('Switched off');
  await pick(page, binding, 'Run now');
  await expectNotice(page, 'The backup into records is queued.');
  await expect(factOf(summaryOf(page), 'Points it has made')).toHaveText('2 points', { timeout: 60_000 });
  const menu = await openMenu(page, binding);
  await expect(menu.getByRole('menuitem', { name: 'Switch on' })).toBeVisible();
  await page.keyboard.press('Escape');

  const made = async () =>
    (await new Api(page).list<BackupPoint>('/backup-points')).filter((point) => !point.isReplica);
  const before = await made();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete policy' });
  await expect(dialog).toContainText('1 data source: records-host');
  await expect(dialog).toContainText('2 points, the last until');
  await confirmTyped(page, 'Delete policy', name);
  await expectNotice(page, `The policy ${name} is deleted`);
  const dates = (points: BackupPoint[]) => points.map(({ id, expiresAt }) => [id, expiresAt]);
  expect(dates(await made())).toEqual(dates(before));
  await expect(page.getByText('Nothing is backed up by itself yet')).toBeVisible();
});
