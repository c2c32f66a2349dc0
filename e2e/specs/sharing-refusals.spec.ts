import { randomBytes } from 'node:crypto';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { makeBackupPoint } from '@/db/factories';
import { type backupPoints, projects } from '@/db/schema';
import { createAccount, createUser, setAccountState } from '@/lib/accounts';
import type { BackupShare } from '@/lib/backup-shares/schemas';
import type { KmsKey } from '@/lib/keys/schemas';
import type { Project } from '@/lib/projects/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, confirmTyped, expectNotice, goTo, openMenu, pick, rowOf } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { readRun } from '../harness/installation';
import { makeKey, makeVault } from '../harness/pair';
import { whileFrozen } from '../harness/while-frozen';

/**
 * What stands in the way of sharing, accepting and cancelling, as each side meets it, with what to do about it; and the number
 * that the API answers with. The backups have no bytes: none of them gets as far as copying.
 */

test.describe.configure({ mode: 'serial' });

const region = 'cn-hangzhou';
const gib = 2 ** 30;
const fullSentence = 'A backup is shared with up to 10 projects. Cancel a share of it first.';
let office: Console;
let branch: Console;
let atOffice: Api;
let atBranch: Api;
let projectId: string;
let diskVault: Vault;

const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });
const numbered = (number: number, why: string) => ({
  reason: `BackupService.${number}`,
  message: expect.stringContaining(why),
});
const projectOf = async (api: Api) =>
  (await api.list<Project>('/projects')).find((project) => project.region === region)!.id;

test.beforeAll(async ({ browser }) => {
  const [head, subsidiary] = [
    await makeAccount('Refusing Head Office'),
    await makeAccount('Refusing Branch'),
  ];
  office = await openConsoleAs(browser, head);
  branch = await openConsoleAs(browser, subsidiary);
  [atOffice, atBranch] = [new Api(office.page), new Api(branch.page)];
  projectId = await projectOf(atBranch);
  diskVault = await makeVault(atOffice, {
    ...{ kind: 'disk_backup', name: 'office-disks', region, capacityGib: 8 },
  });
});

async function makeDiskBackup(
  name: string,
  given: Partial<typeof backupPoints.$inferInsert> = {},
): Promise<string> {
  const vaultId = given.vaultId ?? diskVault.id;
  const { id } = await asDatabaseOwner((db) =>
    makeBackupPoint(db, {
      ...{ accountId: office.signIn.accountId, sourceKind: 'disk', backupName: name },
      ...given,
      vaultId,
    }),
  );
  return id;
}

/** Accounts that nobody signs in to, by their project ids. */
async function makeProjects(names: string[]): Promise<{ accountId: string; projectId: string }[]> {
  return asDatabaseOwner(async (db) => {
    const made: { accountId: string; projectId: string }[] = [];
    for (const name of names) {
      const { accountId } = await createAccount(db, { name });
      const id = randomBytes(16).toString('hex');
      await db.insert(projects).values({ accountId, region, id });
      made.push({ accountId, projectId: id });
    }
    return made;
  });
}

const share = async (pointId: string, ...projectIds: string[]) =>
  (await atOffice.post<{ items: BackupShare[] }>(`/backup-points/${pointId}/shares`, { projectIds })).items;
const refusedShare = (pointId: string, id = projectId) =>
  atOffice.refusal(`/backup-points/${pointId}/shares`, { projectIds: [id] });
const refusedAccept = (id: string, vaultId: string) =>
  atBranch.refusal(`/received-backup-shares/${id}/accept`, { vaultId });

async function openShare(name: string): Promise<Locator> {
  await office.page.goto(`/${region}/backups`);
  await pick(office.page, name, 'Share Backup');
  return dialogOf(office.page, 'Share Backup');
}

async function addProject(dialog: Locator, id = projectId): Promise<void> {
  await dialog.getByRole('textbox', { name: 'Recipient’s project id' }).fill(id);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
}

async function openAnswer(answer: 'Accept' | 'Reject', name: string): Promise<Locator> {
  await branch.page.goto(`/${region}/shared-backups`);
  await branch.page.getByRole('button', { name: `${answer} ${name}` }).click();
  return answer === 'Accept'
    ? dialogOf(branch.page, 'Accept shared backup')
    : branch.page.getByRole('alertdialog');
}

async function expectBlocked(button: Locator, why: string): Promise<void> {
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.focus();
  await expect(button.page().getByRole('tooltip').filter({ hasText: why })).toBeAttached();
}

async function expectNotOffered(page: Page, name: string, why: string): Promise<void> {
  const menu = await openMenu(page, name);
  const item = menu.getByRole('menuitem', { name: 'Share Backup' });
  await expect(item).toHaveAttribute('aria-disabled', 'true');
  await expect(item).toContainText(why);
  await page.keyboard.press('Escape');
}

test('6700: backups of files are not among those that are shared', async () => {
  const vault = await makeVault(atOffice, { kind: 'standard', name: 'office-files', region });
  await makeDiskBackup('of-a-disk');
  const files = await makeDiskBackup('of-files', { vaultId: vault.id, sourceKind: 'ecs_file' });
  const { page } = office;
  await page.goto(`/${region}/backups`);
  await expect(rowOf(page, 'Backups', 'of-a-disk').first()).toBeVisible();
  await expect(rowOf(page, 'Backups', files)).toHaveCount(0);
  await page.goto(`/${region}/backups/${files}`);
  await expect(page.getByRole('main')).toContainText('This backup does not exist');
  expect(await refusedShare(files)).toEqual(numbered(6700, 'Only backups of servers and disks'));
});

test('who only reads finds the choice disabled with the role that it takes', async ({ browser }) => {
  const auditor = {
    ...office.signIn,
    email: 'auditor@refusing.example',
    password: 'password of the auditor',
    role: 'auditor' as const,
  };
  await asDatabaseOwner((db) => createUser(db, { ...auditor, name: 'Auditor of the head office' }));
  const reader = await openConsoleAs(browser, auditor);
  await goTo(reader.page, 'Server and disk backups');
  await expectNotOffered(reader.page, 'of-a-disk', 'Your role, auditor, may not do this.');
  await reader.page.context().close();
});

test('the dialog begins at the project id; 6707: an account that is not active takes no backups', async () => {
  const [idle] = await makeProjects(['Refusing Idle Branch']);
  await asDatabaseOwner((db) =>
    setAccountState(db, { accountId: idle!.accountId, state: 'suspended', reason: 'a spec' }),
  );
  const dialog = await openShare('of-a-disk');
  await expect(dialog.getByRole('textbox', { name: 'Recipient’s project id' })).toBeFocused();
  await addProject(dialog, idle!.projectId);
  const why = 'The account of this project is not active and takes no backups.';
  await expect(dialog).toContainText(why);
  const { id } = (await atOffice.list<{ id: string; name: string }>('/backups')).find(
    ({ name }) => name === 'of-a-disk',
  )!;
  expect(await refusedShare(id, idle!.projectId)).toEqual(numbered(6707, why));
});

test('6701: ten projects at a time, told before and when the last place is taken meanwhile; cancelling makes room', async () => {
  const pointId = await makeDiskBackup('wanted');
  const names = Array.from({ length: 10 }, (_, n) => `Refusing Branch ${n + 1}`);
  const others = (await makeProjects(names)).map((other) => other.projectId);
  await share(pointId, ...others.slice(0, 9));
  const dialog = await openShare('wanted');
  const list = dialog.getByRole('region', { name: 'Projects to share with' });
  await expect(list).toContainText('9/10');
  await addProject(dialog);
  await expect(list).toContainText('10/10');
  await expect(dialog).toContainText(fullSentence);
  await expectBlocked(dialog.getByRole('button', { name: 'Add', exact: true }), fullSentence);
  await share(pointId, others[9]!);
  await dialog.getByRole('button', { name: 'Share backup', exact: true }).click();
  await expect(list.getByText(fullSentence)).toBeVisible();
  expect(await refusedShare(pointId)).toEqual(numbered(6701, fullSentence));
  await dialog.getByRole('tab', { name: /^Cancel Sharing/ }).click();
  await dialog.getByRole('checkbox', { name: 'Cancel sharing with Refusing Branch 7' }).click();
  await dialog.getByRole('button', { name: 'Cancel sharing', exact: true }).click();
  await expectNotice(office.page, 'The backup is no longer shared with 1 project');
  const again = await openShare('wanted');
  await addProject(again);
  await again.getByRole('button', { name: 'Share backup', exact: true }).click();
  await expectNotice(office.page, 'The backup wanted is shared with 1 project');
});

test('6705: a share of somebody else is no share', async () => {
  const pointId = await makeDiskBackup('private');
  const [given] = await share(pointId, projectId);
  const none = numbered(6705, 'There is no such backup share in this account.');
  expect(await atBranch.refusal(`/backup-shares/${given!.id}`, {}, 'DELETE')).toEqual(none);
  expect(await atOffice.refusal(`/received-backup-shares/${given!.id}/reject`)).toEqual(none);
  await branch.page.goto(`/${region}/backups/${pointId}`);
  await expect(branch.page.getByRole('main')).toContainText('This backup does not exist');
});

test('6702, 6712: a backup that is being deleted is not shared; a vault that is not ready is waited for', async () => {
  const pointId = await makeDiskBackup('leaving');
  const [given] = await share(await makeDiskBackup('arriving'), projectId);
  const [group] = await atBranch.list<{ id: string }>('/resource-groups');
  const { page } = office;
  let vaultId = '';
  const why = 'The vault is not ready. Wait until its status is Ready, or choose another.';
  await whileFrozen(readRun().engine, async () => {
    await page.goto(`/${region}/backups`);
    await pick(page, 'leaving', 'Delete');
    await confirmTyped(page, 'Delete backup point', pointId);
    await expect(rowOf(page, 'Backups', 'leaving').first()).toContainText('Deleting');
    await expectNotOffered(
      page,
      'leaving',
      'Only an available backup can be shared. This one is being deleted',
    );
    expect(await refusedShare(pointId)).toEqual(numbered(6702, 'Only an available backup can be shared.'));
    const wanted = { kind: 'disk_backup', name: 'branch-new', region, capacityGib: 1 };
    ({ id: vaultId } = await atBranch.post<Vault>('/vaults', { ...wanted, resourceGroupId: group?.id }));
    const dialog = await openAnswer('Accept', 'arriving');
    await expect(dialog.getByRole('radio', { name: /branch-new/ })).toBeDisabled();
    await expect(dialog).toContainText(why);
    expect(await refusedAccept(given!.id, vaultId)).toEqual(numbered(6712, why));
  });
  const dialog = dialogOf(branch.page, 'Accept shared backup');
  await expect(dialog.getByRole('radio', { name: /branch-new/ })).toBeEnabled({ timeout: 30_000 });
});

test('6101, 6105, 6713: vaults that cannot take a backup stand in the list with the reason', async () => {
  const [given] = await share(await makeDiskBackup('large', { dataBytes: 2 * gib }), projectId);
  const vaultOf = (kind: Vault['kind'], name: string, of = region) =>
    makeVault(atBranch, { kind, name, region: of, capacityGib: 1 });
  const cases: [number: number, vault: Vault, why: string][] = [
    [6101, await vaultOf('disk_backup', 'branch-small'), 'it has to be larger than the backup'],
    [6105, await vaultOf('disk_backup', 'branch-far', 'eu-west-1'), 'in the region of the backup'],
    [6713, await vaultOf('server_backup', 'branch-servers'), 'Choose one for disk backups.'],
  ];
  const dialog = await openAnswer('Accept', 'large');
  await expect(dialog).toContainText('No vault of this account fits');
  await expect(dialog).toContainText('with more than 2.0 GiB of free space');
  for (const [number, vault, why] of cases) {
    const radio = dialog.getByRole('radio', { name: new RegExp(vault.name) });
    await expect(radio).toBeDisabled();
    await expect(radio).toHaveAccessibleDescription(new RegExp(why));
    expect(await refusedAccept(given!.id, vault.id)).toEqual(numbered(number, why));
  }
  await expectBlocked(dialog.getByRole('button', { name: 'Accept backup' }), 'Choose a vault.');
});

test('6708: what ended while a dialog was open is said in it', async () => {
  const pointId = await makeDiskBackup('fleeting');
  const cancelled = 'Its owner has cancelled the share.';
  const [first] = await share(pointId, projectId);
  const accept = await openAnswer('Accept', 'fleeting');
  await accept.getByRole('radio', { name: /branch-new/ }).click();
  await atOffice.delete(`/backup-shares/${first!.id}`);
  await accept.getByRole('button', { name: 'Accept backup' }).click();
  await expect(accept.getByText(cancelled).first()).toBeVisible();
  const { id: vaultId } = (await atBranch.list<Vault>('/vaults')).find(({ name }) => name === 'branch-new')!;
  expect(await refusedAccept(first!.id, vaultId)).toEqual(numbered(6708, cancelled));

  const [second] = await share(pointId, projectId);
  const reject = await openAnswer('Reject', 'fleeting');
  await atOffice.delete(`/backup-shares/${second!.id}`);
  await reject.getByRole('button', { name: 'Reject backup' }).click();
  await expect(reject).toContainText(cancelled);

  const [third] = await share(pointId, projectId);
  const dialog = await openShare('fleeting');
  await dialog.getByRole('tab', { name: /^Cancel Sharing/ }).click();
  await dialog.getByRole('checkbox', { name: 'Cancel sharing with Refusing Branch' }).click();
  await atBranch.post(`/received-backup-shares/${third!.id}/reject`);
  await dialog.getByRole('button', { name: 'Cancel sharing', exact: true }).click();
  await expect(dialog).toContainText('The share with Refusing Branch could not be cancelled');
  await expect(dialog).toContainText('The share has ended already.');
  await expect(dialog).toContainText('The backup is shared with nobody.');
  expect(await atOffice.refusal(`/backup-shares/${third!.id}`, {}, 'DELETE')).toEqual(
    numbered(6708, 'The share has ended already.'),
  );
});

test.describe('a backup under a key', () => {
  let key: KmsKey;
  let pointId: string;
  let shareId: string;
  let ownVault: Vault;

  test.beforeAll(async () => {
    key = await makeKey(atOffice, 'refused-ledger');
    const sealed = { kind: 'disk_backup', region, capacityGib: 1, encryption: 'kms' } as const;
    const vault = await makeVault(atOffice, { ...sealed, name: 'office-sealed', kmsKey: key.id });
    pointId = await makeDiskBackup('sealed', { vaultId: vault.id, isEncrypted: true });
    const own = await makeKey(atBranch, 'refused-own');
    ownVault = await makeVault(atBranch, { ...sealed, name: 'branch-sealed', kmsKey: own.id });
  });

  test('6709: the dialog says that its key is not shared, and shares it by a grant', async () => {
    expect(await refusedShare(pointId)).toEqual(
      numbered(6709, 'Share the key first, by a key grant or a resource share.'),
    );
    const dialog = await openShare('sealed');
    await addProject(dialog);
    await expect(dialog).toContainText('Its key is not shared with this project');
    await expect(dialog).toContainText('alias/refused-ledger');
    const button = dialog.getByRole('button', { name: 'Share backup', exact: true });
    await expectBlocked(button, 'Share the key of the backup first.');
    await dialog.getByRole('button', { name: 'Share key', exact: true }).click();
    await expect(dialog.getByText('Its key is not shared with this project')).toHaveCount(0);
    await button.click();
    await expectNotice(office.page, 'The backup sealed is shared with 1 project');
  });

  test('6709: an encrypted backup is accepted into a vault under a key only', async () => {
    const [received] = (await atOffice.list<BackupShare>(`/backup-shares?pointId=${pointId}`)).map(
      ({ id }) => id,
    );
    shareId = received!;
    const dialog = await openAnswer('Accept', 'sealed');
    const radio = dialog.getByRole('radio', { name: /branch-new/ });
    await expect(radio).toBeDisabled();
    const why = 'An encrypted backup stays encrypted: choose a vault under a KMS key.';
    await expect(radio).toHaveAccessibleDescription(why);
    await expect(dialog.getByRole('radio', { name: /branch-sealed/ })).toBeEnabled();
    const vaults = await atBranch.list<Vault>('/vaults');
    const plain = vaults.find(({ name }) => name === 'branch-new')!;
    expect(await refusedAccept(shareId, plain.id)).toEqual(numbered(6709, why));
  });

  test('6709: when the grant is retired, the recipient reads why it waits and whom to ask', async () => {
    const { page } = office;
    await goTo(page, 'Keys');
    await pick(page, 'alias/refused-ledger', 'Share key');
    const panel = dialogOf(page, 'Share key');
    await panel.getByRole('button', { name: 'Retire grant of Refusing Branch' }).click();
    const confirm = page.getByRole('alertdialog');
    await confirm.getByRole('button', { name: 'Retire grant' }).click();
    await expectNotice(page, 'The grant of alias/refused-ledger is retired');
    await branch.page.goto(`/${region}/shared-backups`);
    await expect(rowOf(branch.page, 'Backups shared with me', 'sealed').first()).toContainText(
      'Its owner does not share its key',
    );
    const dialog = await openAnswer('Accept', 'sealed');
    const why =
      'Refusing Head Office does not share the key of the backup with this account. Ask for a key grant';
    await expect(dialog).toContainText(why);
    await dialog.getByRole('radio', { name: /branch-sealed/ }).click();
    await expectBlocked(dialog.getByRole('button', { name: 'Accept backup' }), why);
    expect(await refusedAccept(shareId, ownVault.id)).toEqual(numbered(6709, why));
    await page.goto(`/${region}/backups/${pointId}?tab=shares`);
    await expect(rowOf(page, 'Share List', 'Refusing Branch').first()).toContainText(
      'Its key is not shared with the recipient any more',
    );
  });
});

test('nothing went wrong in either console', () => {
  const problems = [...office.problems, ...branch.problems];
  // A browser writes down the refused check of a project id, and pages that are not there.
  const expected = /\/share-projects\/|\/backups\//;
  expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
});
