import { randomBytes } from 'node:crypto';
import { expect, type Locator, test } from '@playwright/test';
import type { Backup } from '@/lib/backups/schemas';
import type { KmsKey } from '@/lib/keys/schemas';
import type { Project } from '@/lib/projects/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, expectNotice, goTo, pick, rowOf } from '../harness/console';
import { backUpDisk, makeDiskOf } from '../harness/disks';
import { makeKey, makeVault } from '../harness/pair';

/** A backup under a key is shared once its key is in a resource share that the recipient has accepted. */

test.describe.configure({ mode: 'serial' });

const region = 'cn-hangzhou';
let office: Console;
let branch: Console;
let atOffice: Api;
let atBranch: Api;
let backup: Backup;
let key: KmsKey;
let projectId: string;

test.beforeAll(async ({ browser }) => {
  const [head, subsidiary] = [await makeAccount('Key Head Office'), await makeAccount('Key Subsidiary')];
  office = await openConsoleAs(browser, head);
  branch = await openConsoleAs(browser, subsidiary);
  [atOffice, atBranch] = [new Api(office.page), new Api(branch.page)];
  projectId = (await atBranch.list<Project>('/projects')).find((project) => project.region === region)!.id;
  key = await makeKey(atOffice, 'ledger');
  const vault = await makeVault(atOffice, {
    kind: 'disk_backup',
    name: 'sealed-disks',
    region,
    capacityGib: 1,
    encryption: 'kms',
    kmsKey: key.id,
  });
  const disk = await makeDiskOf(head.accountId, { name: 'ledger', region, bytes: randomBytes(2 ** 20) });
  backup = await backUpDisk(atOffice, disk, vault.id);
});

const shareDialog = () => office.page.getByRole('dialog', { name: 'Share Backup' });

async function addProject(): Promise<Locator> {
  await goTo(office.page, 'Server and disk backups');
  await pick(office.page, backup.name, 'Share Backup');
  const dialog = shareDialog();
  await dialog.getByRole('textbox', { name: 'Recipient’s project id' }).fill(projectId);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  return dialog;
}

test('the share dialog puts the key into a resource share, and waits for its invitation', async () => {
  const dialog = await addProject();
  await expect(dialog).toContainText('Its key is not shared with this project');
  await expect(dialog.getByRole('button', { name: 'Share backup', exact: true })).toBeDisabled();
  await dialog.getByRole('button', { name: 'Use a resource share' }).click();
  await dialog.getByRole('textbox', { name: 'Resource share name' }).fill('subsidiary-keys');
  await dialog.getByRole('button', { name: 'Add key to share' }).click();
  await expect(dialog).toContainText('Its key is shared once the recipient accepts');
  await expect(dialog).toContainText('subsidiary-keys');
  await expect(dialog.getByRole('button', { name: 'Share backup', exact: true })).toBeDisabled();
});

test('the recipient accepts it under Shared with me, and reads what the key is for', async () => {
  const { page } = branch;
  await goTo(page, 'Shared with me');
  await expect(rowOf(page, 'Pending invitations', 'subsidiary-keys').first()).toContainText('1 key');
  await page.getByRole('button', { name: 'Accept subsidiary-keys' }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept resource share' });
  await expect(dialog).toContainText('1 key');
  await expect(dialog).toContainText('You never hold the key');
  await dialog.getByRole('button', { name: 'Accept resource share' }).click();
  await expectNotice(page, 'The resource share subsidiary-keys is accepted');
  await page.goto(`/${region}/keys?tab=received`);
  await expect(page.getByRole('region', { name: 'Keys by resource shares' })).toContainText('alias/ledger');
});

test('then the backup is shared from the dialog that waited', async () => {
  const dialog = shareDialog();
  await dialog.getByRole('button', { name: 'Look again' }).click();
  await dialog.getByRole('button', { name: 'Share backup', exact: true }).click();
  await expectNotice(office.page, 'is shared with 1 project');
});

test('taking the key out tells which backup waits for it, and the recipient cannot accept it', async () => {
  const { page } = office;
  await goTo(page, 'Shared by me');
  await page.getByRole('link', { name: 'subsidiary-keys' }).click();
  await expect(page.getByRole('list', { name: 'Keys of subsidiary-keys' })).toContainText('alias/ledger');
  await page.getByRole('button', { name: 'Remove alias/ledger' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(
    dialog.getByRole('list', { name: 'Shared backups that will wait for their key' }),
  ).toContainText('Key Subsidiary');
  await dialog.getByRole('button', { name: 'Remove key from share' }).click();
  await expectNotice(page, 'alias/ledger is no longer in subsidiary-keys');
  const ownKey = await makeKey(atBranch, 'own');
  const vault = await makeVault(atBranch, {
    kind: 'disk_backup',
    name: 'own-disks',
    region,
    capacityGib: 1,
    encryption: 'kms',
    kmsKey: ownKey.id,
  });
  expect(vault.name).toBe('own-disks');
  await goTo(branch.page, 'Backups shared with me');
  await branch.page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const accept = branch.page.getByRole('dialog', { name: 'Accept shared backup' });
  await accept.getByRole('radio', { name: /own-disks/ }).click();
  await expect(accept).toContainText('Key Head Office does not share the key of the backup');
  await expect(accept.getByRole('button', { name: 'Accept backup' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await accept.getByRole('button', { name: 'Cancel' }).click();
});

test('put in again from the list of keys, the backup is accepted and copied', async () => {
  const { page } = office;
  await goTo(page, 'Keys');
  await pick(page, 'alias/ledger', 'Add to a resource share');
  const panel = page.getByRole('dialog', { name: 'Add key to a resource share' });
  await panel.getByRole('combobox', { name: 'Resource share' }).click();
  await page.getByRole('option', { name: /subsidiary-keys/ }).click();
  await panel.getByRole('button', { name: 'Add key to share' }).click();
  await expectNotice(page, 'alias/ledger is in the resource share subsidiary-keys');
  await goTo(branch.page, 'Backups shared with me');
  await branch.page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const accept = branch.page.getByRole('dialog', { name: 'Accept shared backup' });
  await accept.getByRole('radio', { name: /own-disks/ }).click();
  await accept.getByRole('button', { name: 'Accept backup' }).click();
  await expect(rowOf(branch.page, 'Backups shared with me', backup.name).first()).toContainText('Accepted', {
    timeout: 60_000,
  });
});
