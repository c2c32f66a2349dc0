import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { images } from '@/db/schema';
import type { Backup } from '@/lib/backups/schemas';
import { newId } from '@/lib/context';
import type { Disk } from '@/lib/disks/schemas';
import type { Policy } from '@/lib/policies/schemas';
import type { Project } from '@/lib/projects/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, confirmTyped, expectNotice, factOf, goTo, pick, rowOf } from '../harness/console';
import { asDatabaseOwner, wakeTicker } from '../harness/database';
import { backUpDisk, makeDiskOf, type SpecDisk } from '../harness/disks';
import { installation } from '../harness/installation';
import { makeVault } from '../harness/pair';

/** A headquarters shares the backup of a disk with a subsidiary, which accepts it; what is refused says why. */

test.describe.configure({ mode: 'serial' });

const region = 'cn-hangzhou';
const bytes = randomBytes(3 * 1024 * 1024);
let office: Console;
let branch: Console;
let atOffice: Api;
let atBranch: Api;
let backup: Backup;
let second: Backup;
let projectId: string;
let ledger: SpecDisk;

const projectOf = async (api: Api, of = region) =>
  (await api.list<Project>('/projects')).find((project) => project.region === of)!.id;
const backupsOf = (api: Api) => api.list<Backup>('/backups?own=shared');
const shareDialog = () => office.page.getByRole('dialog', { name: 'Share Backup' });

test.beforeAll(async ({ browser }) => {
  const [head, subsidiary] = [
    await makeAccount('Sharing Head Office'),
    await makeAccount('Sharing Subsidiary'),
  ];
  office = await openConsoleAs(browser, head);
  branch = await openConsoleAs(browser, subsidiary);
  [atOffice, atBranch] = [new Api(office.page), new Api(branch.page)];
  projectId = await projectOf(atBranch);
  const vault = await makeVault(atOffice, {
    kind: 'disk_backup',
    name: 'office-disks',
    region,
    capacityGib: 1,
  });
  ledger = await makeDiskOf(head.accountId, { name: 'ledger', region, bytes });
  backup = await backUpDisk(atOffice, ledger, vault.id);
  const other = await makeDiskOf(head.accountId, {
    name: 'archive',
    region,
    bytes: bytes.subarray(0, 2 ** 20),
  });
  second = await backUpDisk(atOffice, other, vault.id);
});

test('the recipient reads its project id under My credentials', async () => {
  const { page } = branch;
  await page.getByRole('button', { name: /^Signed in as / }).click();
  await page.getByRole('menuitem', { name: 'My credentials' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'My credentials' })).toBeVisible();
  await expect(factOf(page.getByRole('region', { name: 'Ids' }), 'Account UID')).toContainText(
    branch.signIn.accountId,
  );
  await expect(rowOf(page, 'Projects', region).first()).toContainText(projectId);
});

async function openShare(of: Backup): Promise<Locator> {
  await goTo(office.page, 'Server and disk backups');
  await pick(office.page, of.name, 'Share Backup');
  await expect(shareDialog()).toContainText(of.id);
  return shareDialog();
}

test('each project is checked as it is added, and refused with its reason', async () => {
  const dialog = await openShare(backup);
  await expect(dialog).toContainText('ledger');
  await expect(dialog).toContainText('Disk backup');
  const field = dialog.getByRole('textbox', { name: 'Recipient’s project id' });
  const refusals: [id: string, why: string][] = [
    ['not an id', 'A project id is 32 digits'],
    ['0'.repeat(32), 'No account has this project id'],
    [await projectOf(atOffice), 'This is a project of your own account'],
    [await projectOf(atBranch, 'eu-west-1'), 'This project is in another region'],
  ];
  for (const [id, why] of refusals) {
    await field.fill(id);
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(dialog).toContainText(why);
  }
  await field.fill(projectId);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('region', { name: 'Projects to share with' })).toContainText(
    'Sharing Subsidiary',
  );
  await expect(dialog).toContainText('1/10');
  await field.fill(projectId);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog).toContainText('in the list already');
  await dialog.getByRole('button', { name: 'Share backup' }).click();
  await expectNotice(office.page, 'is shared with 1 project');
});

test('the Share List of the backup shows whom it is offered to', async () => {
  const { page } = office;
  await rowOf(page, 'Backups', backup.name).first().getByRole('link', { name: backup.name }).click();
  await page.getByRole('tab', { name: /^Share List/ }).click();
  const row = rowOf(page, 'Share List', 'Sharing Subsidiary').first();
  await expect(row).toContainText('Pending');
});

test('the recipient sees it by a count, and needs a vault of its type with enough room', async () => {
  const { page } = branch;
  await page.goto(`/${region}`);
  await expect(
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Backups shared with me/ }),
  ).toContainText('1');
  await goTo(page, 'Backups shared with me');
  await page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept shared backup' });
  await expect(dialog).toContainText('This account has no vault for it');
  await expect(dialog).toContainText('No lock of this account covers it');
  await expect(dialog.getByRole('link', { name: 'Create vault' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await makeVault(atBranch, { kind: 'server_backup', name: 'branch-servers', region, capacityGib: 1 });
  await makeVault(atBranch, { kind: 'disk_backup', name: 'branch-disks', region, capacityGib: 1 });
});

test('it is accepted into the vault that fits, copied, and listed among the backups', async () => {
  const { page } = branch;
  await page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept shared backup' });
  await expect(dialog.getByRole('radio', { name: /branch-servers/ })).toBeDisabled();
  await expect(dialog).toContainText('Choose one for disk backups');
  await dialog.getByRole('radio', { name: /branch-disks/ }).click();
  await dialog.getByRole('button', { name: 'Accept backup' }).click();
  await expectNotice(page, `The backup ${backup.name} is accepted`);
  await expect(rowOf(page, 'Backups shared with me', backup.name).first()).toContainText('Accepted', {
    timeout: 60_000,
  });
  await page.getByRole('link', { name: 'Open backup' }).click();
  await expect(page.getByRole('heading', { level: 1, name: backup.name })).toBeVisible();
  await expect(page.getByText('Shared by Sharing Head Office').first()).toBeVisible();
  await page.getByRole('tab', { name: /^Share List/ }).click();
  await expect(page.getByRole('tabpanel')).toContainText('It cannot be shared on');
  await goTo(page, 'Server and disk backups');
  await expect(rowOf(page, 'Backups', backup.name).first()).toContainText('branch-disks');
});

test('the recipient makes a disk of it, with the bytes of the sharer’s', async () => {
  const { page } = branch;
  await pick(page, backup.name, 'Create disk');
  const panel = page.getByRole('dialog', { name: 'Create disk' });
  await panel.getByRole('textbox', { name: 'Name' }).fill('ledger-copy');
  await panel.getByRole('combobox', { name: 'Format' }).click();
  await page.getByRole('option', { name: 'raw' }).click();
  await panel.getByRole('button', { name: 'Create disk' }).click();
  await expectNotice(page, 'Disk ledger-copy is being made');
  const copied = async () => (await atBranch.list<Disk>('/disks')).find(({ name }) => name === 'ledger-copy');
  await expect.poll(async () => (await copied())?.state, { timeout: 60_000 }).toBe('available');
  await expect(rowOf(page, 'Disks', 'ledger-copy').first()).toBeVisible();
  const disk = await copied();
  const file = join(installation().dataDir, 'disks', region, branch.signIn.accountId, disk!.id);
  expect((await readFile(file)).equals(bytes)).toBe(true);
});

test('a cancellation that an image stands in the way of says so, and is tried again until it succeeds', async () => {
  const { page } = office;
  const [copy] = await backupsOf(atBranch);
  const image = {
    accountId: branch.signIn.accountId,
    id: newId('img'),
    region,
    name: 'golden-ledger',
    pointId: copy!.id,
    sourceName: 'ledger',
    state: 'available' as const,
    createdBy: 'spec',
  };
  await asDatabaseOwner((db) => db.insert(images).values(image));
  const dialog = await openShare(backup);
  await dialog.getByRole('tab', { name: /^Cancel Sharing/ }).click();
  await dialog.getByRole('checkbox', { name: 'Cancel sharing with Sharing Subsidiary' }).click();
  await dialog.getByRole('button', { name: 'Cancel sharing', exact: true }).click();
  await expect(dialog).toContainText('has registered an image from the backup: golden-ledger');
  await dialog.getByRole('button', { name: 'Keep trying' }).click();
  // The refusal has offered it in the same words: only the way to stop says that it has begun.
  await expect(dialog.getByRole('button', { name: 'Stop trying' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await asDatabaseOwner((db) => db.delete(images).where(eq(images.id, image.id)));
  await wakeTicker(office.signIn.accountId);
  await page.goto(`/${region}/backups/${backup.id}?tab=shares`);
  await expect(rowOf(page, 'Share List', 'Sharing Subsidiary').first()).toContainText('Cancelled', {
    timeout: 30_000,
  });
  await expect.poll(async () => (await backupsOf(atBranch)).length, { timeout: 30_000 }).toBe(0);
});

test('a rejected backup can be shared again; both answers stay in the Share List', async () => {
  const { page } = branch;
  const offer = () => atOffice.post(`/backup-points/${second.id}/shares`, { projectIds: [projectId] });
  await offer();
  await goTo(page, 'Backups shared with me');
  await page.getByRole('button', { name: `Reject ${second.name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Reject backup' }).click();
  await expectNotice(page, `The backup ${second.name} is rejected`);
  await page.getByRole('tab', { name: /^Rejected/ }).click();
  await expect(rowOf(page, 'Backups shared with me', second.name).first()).toContainText('Rejected');
  await offer();
  await page.goto(`/${region}/shared-backups`);
  await page.getByRole('button', { name: `Accept ${second.name}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept shared backup' });
  await dialog.getByRole('radio', { name: /branch-disks/ }).click();
  await dialog.getByRole('button', { name: 'Accept backup' }).click();
  await expect.poll(async () => (await backupsOf(atBranch)).length, { timeout: 60_000 }).toBe(1);
});

test('when the sharer deletes the backup, it goes from the recipient too', async () => {
  const { page } = office;
  await goTo(page, 'Server and disk backups');
  await pick(page, second.name, 'Delete');
  await expect(page.getByRole('alertdialog')).toContainText('it goes from that account too');
  await confirmTyped(page, 'Delete backup point', second.id);
  await expect.poll(async () => (await backupsOf(atBranch)).length, { timeout: 30_000 }).toBe(0);
  await branch.page.goto(`/${region}/shared-backups?status=ended`);
  await expect(rowOf(branch.page, 'Backups shared with me', second.name).first()).toContainText(
    'Deleted by its owner',
  );
});

test('a policy copies its backups into another region, from a panel of its own', async () => {
  const { page } = office;
  const [vault] = (await atOffice.list<Vault>('/vaults')).filter(({ name }) => name === 'office-disks');
  await makeVault(atOffice, { kind: 'disk_backup', name: 'far-disks', region: 'eu-west-1', capacityGib: 1 });
  const rule = { schedule: { kind: 'cron', expression: '0 3 * * *', timeZone: 'Europe/London' } };
  const policy = await atOffice.post<Policy>('/policies', {
    name: 'Disks nightly',
    rules: [
      {
        name: 'Nightly',
        schedule: { ...rule.schedule, startAt: new Date().toISOString() },
        retention: { days: 14 },
      },
    ],
    bindings: [{ sourceId: ledger.sourceId, vaultId: vault!.id, paths: ['/'] }],
  });
  await page.goto(`/${region}/policies/${policy.id}?tab=copies`);
  await expect(page.getByText('Nothing is copied. The backups stay in the region')).toBeVisible();
  await page.getByRole('button', { name: 'Copy into another region' }).click();
  const panel = page.getByRole('dialog', { name: 'Copy into another region' });
  await panel.getByRole('combobox', { name: 'Vault' }).click();
  await expect(page.getByRole('option', { name: /office-disks/ })).toBeDisabled();
  await page.getByRole('option', { name: /far-disks/ }).click();
  await panel.getByRole('button', { name: 'Copy into another region' }).click();
  await expectNotice(page, 'copies its server and disk backups into far-disks');
  await atOffice.post(`/policy-bindings/${policy.bindings[0]!.id}/run`, { ruleId: policy.rules[0]!.id });
  const row = rowOf(page, 'Copies', 'far-disks').first();
  await expect(row).toContainText('Copied', { timeout: 90_000 });
  await page.getByRole('button', { name: 'End copying' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Copies that were made stay until they expire');
  await dialog.getByRole('button', { name: 'End copying' }).click();
  await expectNotice(page, 'no longer copies into far-disks');
});

test('nothing went wrong in either console', () => {
  // A browser writes down each refused check of a project id.
  const problems = [...office.problems, ...branch.problems];
  expect(problems.filter((problem) => !problem.includes('/share-projects/'))).toEqual([]);
});
