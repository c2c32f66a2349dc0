import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { sql } from 'drizzle-orm';
import { chargePerGibMicros, formatMoney } from '@/lib/billing/money';
import type { Statement } from '@/lib/billing/statement-schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
  expectNotice,
  goTo,
  openConsole,
  openMenu,
  pick,
  rowOf,
  switchRegion,
} from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { accounts } from '../harness/installation';
import { createVault, enrol, finishRestore } from '../harness/steps';

/** Who pays for a copy in another region and for restores from it, and what is taken off; groups and tags of vaults. */
test.describe.configure({ mode: 'serial' });

const copy = 'harbor-copy';
const client = `billing-${randomBytes(3).toString('hex')}`;
const host = new Host();
const usd = (amountMicros: number) => formatMoney({ amountMicros, currency: 'USD' });
/** What the restore over the Internet added to its meter. */
let restoredBytes = 0;
let payer: Console;
let source: Console;

test.beforeAll(async ({ browser }) => {
  payer = await openConsole(browser, { account: accounts.destination });
  source = await openConsole(browser, { account: accounts.replicating });
});

test.afterAll(() => host.dispose());

const statementOf = (page: Page) => new Api(page).get<Statement>('/billing/statement');

async function meterOf(page: Page, meter: string) {
  const { lines } = await statementOf(page);
  return lines.find((line) => line.vaultName === copy && line.meter === meter);
}

test('the owner of a target pays for the traffic that brought a copy from another region', async () => {
  const { page } = payer;
  const vault = (await new Api(page).list<Vault>('/vaults')).find(({ name }) => name === copy)!;
  const [arrived] = await asDatabaseOwner((db) =>
    db.execute<{ bytes: string }>(
      sql`select sum(size_bytes) as bytes from packs where vault_id = ${vault.id}`,
    ),
  );
  const charged = chargePerGibMicros(Number(arrived?.bytes), 50_000);
  expect(charged).toBeGreaterThan(0);
  await goTo(page, 'Billing');
  await page.getByRole('tab', { name: 'By source account' }).click();
  await expect(rowOf(page, 'What each source account costs you', accounts.replicating)).toContainText(
    usd(charged),
  );
  expect(await meterOf(page, 'replication_traffic')).toMatchObject({
    quantity: Number(arrived?.bytes),
    amountMicros: charged,
    source: { accountName: accounts.replicating },
  });
});

test('the source pays nothing for the replica and sees who does', async () => {
  const { page } = source;
  await goTo(page, 'Billing');
  const panel = page.locator('section', { hasText: 'Copies that other accounts pay for' });
  await expect(panel).toContainText(`Paid by ${accounts.destination}`);
  await expect(panel).toContainText('you pay $0.00');
  const { lines } = await statementOf(page);
  expect(new Set(lines.map(({ vaultName }) => vaultName))).toEqual(new Set(['depot-records']));
  expect(lines.filter(({ meter }) => meter === 'replication_traffic')).toEqual([]);
});

async function restoreCopy(page: Page, expected: RegExp, target: string) {
  const vault = (await new Api(page).list<Vault>('/vaults')).find(({ name }) => name === copy)!;
  await page.goto(`/${vault.region}/restore?vault=${vault.id}`);
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await finishRestore(page, {
    client,
    target: join(host.folder, target),
    review: () => expect(wizard.getByText(/^Cost: at most/)).toHaveText(expected),
  });
}

test('a restore over the Internet is charged by its bytes, and the review says so before', async () => {
  const { page } = payer;
  const before = await meterOf(page, 'restore_internet');
  await enrol(page, host, client);
  await restoreCopy(page, /Cost: at most \$0\.00\d+; it is connected over the Internet/, 'by-internet');
  const line = await meterOf(page, 'restore_internet');
  restoredBytes = (line?.quantity ?? 0) - (before?.quantity ?? 0);
  expect(restoredBytes).toBeGreaterThan(1_000_000);
  expect(line?.amountMicros).toBe(chargePerGibMicros(line?.quantity ?? 0, 100_000));
});

test('a restore over a VPN is counted and free', async () => {
  const { page } = payer;
  const before = await meterOf(page, 'restore_internet');
  await goTo(page, 'Clients');
  await pick(page, client, 'Edit');
  const panel = page.getByRole('dialog', { name: 'Edit client' });
  await choose(panel, 'Connection', 'VPN');
  await expect(panel).toContainText('Restores over a VPN are free of charge.');
  await panel.getByRole('button', { name: 'Save client' }).click();
  await expect(panel).toBeHidden();
  await restoreCopy(page, /Cost: at most \$0\.00; restores over a VPN are free of charge/, 'by-vpn');
  expect(await meterOf(page, 'restore_vpn')).toMatchObject({ quantity: restoredBytes, amountMicros: 0 });
  expect(await meterOf(page, 'restore_internet')).toEqual(before);
});

test('a capacity plan is taken off storage and not off traffic', async () => {
  const { page } = payer;
  const before = await meterOf(page, 'replication_traffic');
  await page.goto('/eu-central-1/billing?tab=plans');
  await page.getByRole('button', { name: 'Add capacity plan' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Add capacity plan' });
  await panel.getByRole('textbox', { name: 'Name' }).fill('One GiB');
  await panel.getByRole('textbox', { name: 'Capacity in GiB' }).fill('1');
  await panel.getByLabel('First day').fill(new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
  await panel.getByRole('button', { name: 'Add capacity plan' }).click();
  await expect(panel).toContainText(/A plan begins today \(\d{4}-\d\d-\d\d UTC\) or later\./);
  await panel.getByLabel('First day').fill(new Date().toISOString().slice(0, 10));
  await panel.getByRole('button', { name: 'Add capacity plan' }).click();
  await expectNotice(page, 'The capacity plan One GiB was recorded.');
  await expect(rowOf(page, 'Capacity plans', 'One GiB')).toContainText('In force');
  await expect(rowOf(page, 'Capacity plans', 'One GiB')).toContainText('All regions');
  const storage = await meterOf(page, 'storage_replication_target');
  expect(storage?.coveredQuantity).toBeGreaterThan(0);
  expect(await meterOf(page, 'replication_traffic')).toEqual(before);
});

test('the statement as CSV adds up to its total', async () => {
  const { page } = payer;
  const response = await page.request.get('/api/v1/billing/statement/export');
  expect(response.headers()['content-type']).toContain('text/csv');
  const [head, ...lines] = (await response.text()).trim().split('\r\n');
  const column = head?.split(',').indexOf('amount') ?? -1;
  const sum = lines.reduce(
    (total, line) => total + Math.round(Number(line.split(',')[column]) * 1_000_000),
    0,
  );
  const { totalMicros } = await statementOf(page);
  expect(sum).toBe(totalMicros);
  expect(lines.some((line) => line.includes(accounts.replicating))).toBe(true);
});

test('a resource group narrows every list, and goes when it is empty', async () => {
  const { page } = payer;
  await goTo(page, 'Resource groups');
  await expect(await openMenu(page, 'default')).toContainText('Every account keeps its default group.');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Create resource group' }).click();
  const panel = page.getByRole('dialog', { name: 'Create resource group' });
  await panel.getByRole('textbox', { name: 'Name' }).fill('finance');
  await panel.getByRole('button', { name: 'Create resource group' }).click();
  await expectNotice(page, 'Resource group finance is saved.');

  await switchRegion(page, 'US (Silicon Valley)');
  await createVault(page, { kind: 'vault', name: 'grouped' });
  await createVault(page, { kind: 'vault', name: 'elsewhere' });
  await moveTo(page, 'grouped', 'finance');
  await page.getByRole('button', { name: 'Resource group: All resource groups' }).click();
  await page.getByRole('menuitemradio', { name: 'finance' }).click();
  await expect(rowOf(page, 'Vaults', 'grouped')).toBeVisible();
  await expect(rowOf(page, 'Vaults', 'elsewhere')).toBeHidden();
  for (const [label, empty] of [
    ['Backup points', 'No backup points in this resource group'],
    ['Restore jobs', 'No jobs in this resource group'],
    ['Shared by me', 'No resource shares in this resource group'],
  ] as const) {
    await goTo(page, label);
    await expect(page.getByText(empty)).toBeVisible();
  }
  await page.getByRole('button', { name: 'Show all resource groups' }).click();
  await expect(page.getByRole('table', { name: 'Resource shares' }).getByRole('row').nth(1)).toBeVisible();

  await goTo(page, 'Resource groups');
  await expect(await openMenu(page, 'finance')).toContainText('There is 1 vault in it.');
  await page.keyboard.press('Escape');
  await goTo(page, 'Vault management');
  await moveTo(page, 'grouped', 'default');
  await goTo(page, 'Resource groups');
  await pick(page, 'finance', 'Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete resource group' }).click();
  await expectNotice(page, 'Resource group finance is deleted.');
});

async function moveTo(page: Page, vault: string, group: string): Promise<void> {
  await pick(page, vault, 'Edit or move to a group');
  const panel = page.getByRole('dialog', { name: 'Edit vault' });
  await choose(panel, 'Resource group', group);
  await panel.getByRole('button', { name: 'Save changes' }).click();
  await expect(panel).toBeHidden();
}

test('tags are refused where the cloud keeps them, and find vaults', async () => {
  const { page } = payer;
  await goTo(page, 'Vault management');
  await pick(page, 'grouped', 'Change tags');
  const panel = page.getByRole('dialog', { name: 'Change tags' });
  await panel.getByRole('button', { name: 'Add tag' }).click();
  await panel.getByRole('textbox', { name: 'Key of tag 1' }).fill('aliyun-team');
  await panel.getByRole('button', { name: 'Save tags' }).click();
  await expect(panel).toContainText('A key does not begin with aliyun or acs:.');
  await panel.getByRole('textbox', { name: 'Key of tag 1' }).fill('team');
  await panel.getByRole('textbox', { name: 'Value of tag 1' }).fill('finance');
  await panel.getByRole('button', { name: 'Save tags' }).click();
  await expectNotice(page, 'The tags of grouped are saved.');
  await choose(page.getByRole('main'), 'Tag', 'team=finance');
  await expect(rowOf(page, 'Vaults', 'grouped')).toContainText('team=finance');
  await expect(rowOf(page, 'Vaults', 'elsewhere')).toBeHidden();
  const found = await new Api(page).list<Vault>('/vaults?tag=team%3Dfinance');
  expect(found.map(({ name }) => name)).toEqual(['grouped']);
});

test('the help says how this differs from backup across accounts, and is linked from the bill', async () => {
  const { page } = source;
  await goTo(page, 'Billing');
  await page.getByRole('link', { name: 'What is charged to whom' }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'What is charged to whom' })).toBeVisible();
  await expect(
    page.getByRole('table', { name: 'Replication compared with cross-account backup' }),
  ).toContainText('One central account, for all others');
});
