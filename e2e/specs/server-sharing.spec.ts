import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { makeBackupPoint } from '@/db/factories';
import { backupPoints, vaults } from '@/db/schema';
import type { BackupShare, ReceivedBackupShare } from '@/lib/backup-shares/schemas';
import type { Backup } from '@/lib/backups/schemas';
import type { Disk } from '@/lib/disks/schemas';
import type { Project } from '@/lib/projects/schemas';
import type { Server } from '@/lib/servers/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api, type Refusal } from '../harness/api';
import { type Console, confirmTyped, expectNotice, factOf, goTo, pick, rowOf } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { makeDiskOf } from '../harness/disks';
import { installation } from '../harness/installation';
import { makeVault } from '../harness/pair';

/**
 * The figures' journey: a headquarters backs a server up and shares the backup, a subsidiary accepts it, makes servers of it,
 * and stands in the way of its end for a while. Each refusal says why.
 */

test.describe.configure({ mode: 'serial' });

const region = 'cn-hangzhou';
const mib = 2 ** 20;
const bytes = [randomBytes(2 * mib), randomBytes(mib)] as const;
let office: Console;
let branch: Console;
let atOffice: Api;
let atBranch: Api;
let projectId: string;
let backup: Backup;
let serverVault: Vault;

const copiesAtBranch = () => atBranch.list<Backup>('/backups?own=shared');
const serverOf = async (api: Api, name: string) =>
  (await api.list<Server>('/servers')).find((server) => server.name === name);
const dialogOf = (page: Page, name: string) => page.getByRole('dialog', { name });

test.beforeAll(async ({ browser }) => {
  const [head, subsidiary] = [await makeAccount('Servers Head Office'), await makeAccount('Servers Branch')];
  office = await openConsoleAs(browser, head);
  branch = await openConsoleAs(browser, subsidiary);
  [atOffice, atBranch] = [new Api(office.page), new Api(branch.page)];
  projectId = (await atBranch.list<Project>('/projects')).find((project) => project.region === region)!.id;
  const diskIds: string[] = [];
  for (const [n, content] of bytes.entries()) {
    const { diskId } = await makeDiskOf(head.accountId, { name: `shop-${n}`, region, bytes: content });
    diskIds.push(diskId);
  }
  const given = { name: 'shop', region, flavour: 'tiny', from: { kind: 'disks', diskIds } };
  await atOffice.post<Server>('/servers', given);
  serverVault = await makeVault(atOffice, {
    ...{ kind: 'server_backup', name: 'office-servers', region, capacityGib: 2 },
  });
});

/** A server whose disks hold what the disks of the first one held. */
async function expectSameDisks(name: string): Promise<void> {
  await expect.poll(async () => (await serverOf(atBranch, name))?.state, { timeout: 60_000 }).toBe('stopped');
  const { disks } = (await serverOf(atBranch, name))!;
  expect(disks).toHaveLength(bytes.length);
  const ids = new Set(disks.map(({ id }) => id));
  const found = (await atBranch.list<Disk>('/disks')).filter(({ id }) => ids.has(id));
  for (const disk of found) {
    const file = join(installation().dataDir, 'disks', region, branch.signIn.accountId, disk.id);
    if (disk.format === 'raw') expect((await readFile(file)).equals(bytes[disk.position!]!)).toBe(true);
    expect(disk.sizeBytes).toBe(bytes[disk.position!]!.length);
  }
}

test('a server is backed up with all its disks, from its menu', async () => {
  const { page } = office;
  await page.goto(`/${region}`);
  await goTo(page, 'Servers');
  await expect(rowOf(page, 'Servers', 'shop').first()).toContainText('Stopped');
  await pick(page, 'shop', 'Back up server');
  const panel = dialogOf(page, 'Back up server');
  await expect(panel.getByRole('radio', { name: /office-servers/ })).toBeChecked();
  await panel.getByRole('textbox', { name: 'Backup name' }).fill('shop-golden');
  await panel.getByRole('button', { name: 'Back up server' }).click();
  await expectNotice(page, 'The backup of shop has started');
  await goTo(page, 'Server and disk backups');
  const row = rowOf(page, 'Backups', 'shop-golden').first();
  await expect(row).toContainText('Available', { timeout: 60_000 });
  const search = page.getByPlaceholder('Find by name, server, disk, vault or id');
  await search.fill('nothing is called so');
  await expect(rowOf(page, 'Backups', 'shop-golden')).toHaveCount(0);
  await search.fill('office-serv');
  await expect(row).toBeVisible();
  await search.fill('');
  backup = (await atOffice.list<Backup>('/backups'))[0]!;
  expect(backup).toMatchObject({ kind: 'server', name: 'shop-golden' });
  expect(backup.sizeBytes).toBe(3 * mib);
});

async function openShare(): Promise<Locator> {
  await goTo(office.page, 'Server and disk backups');
  await pick(office.page, backup.name, 'Share Backup');
  return dialogOf(office.page, 'Share Backup');
}

async function addProject(dialog: Locator, id: string): Promise<void> {
  await dialog.getByRole('textbox', { name: 'Recipient’s project id' }).fill(id);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
}

test('it is shared from a dialog that names the backup, the server, the id and the type', async () => {
  const { page } = office;
  const dialog = await openShare();
  for (const fact of ['shop-golden', 'shop', backup.id, 'Server backup'])
    await expect(dialog).toContainText(fact);
  await addProject(dialog, projectId);
  await expect(dialog.getByRole('region', { name: 'Projects to share with' })).toContainText(
    'Servers Branch',
  );
  await dialog.getByRole('button', { name: 'Share backup' }).click();
  await expectNotice(page, 'The backup shop-golden is shared with 1 project');
  const again = await openShare();
  await addProject(again, projectId);
  await expect(again).toContainText('The backup is shared with this project already.');
  await again.getByRole('button', { name: 'Cancel', exact: true }).click();
});

test('of the recipient’s vaults those that cannot take it say why, and the one that fits takes it', async () => {
  const { page } = branch;
  const vault = (name: string, kind: Vault['kind'] = 'server_backup') =>
    makeVault(atBranch, { kind, name, region, capacityGib: 1 });
  await vault('branch-disks', 'disk_backup');
  const full = await vault('branch-full');
  await asDatabaseOwner((db) =>
    db
      .update(vaults)
      .set({ capacityBytes: 2 * mib })
      .where(eq(vaults.id, full.id)),
  );
  await vault('branch-servers');
  await page.goto(`/${region}/shared-backups`);
  await page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const dialog = dialogOf(page, 'Accept shared backup');
  await expect(factOf(dialog, 'Size')).toContainText('3.0 MiB');
  const refusals: [vault: RegExp, why: string][] = [
    [/branch-disks/, 'The vault takes other backups. Choose one for server backups.'],
    [/branch-full/, 'The vault has too little free space: it has to be larger than the backup.'],
  ];
  for (const [name, why] of refusals) {
    await expect(dialog.getByRole('radio', { name })).toBeDisabled();
    await expect(dialog).toContainText(why);
  }
  await dialog.getByRole('radio', { name: /branch-servers/ }).click();
  await dialog.getByRole('button', { name: 'Accept backup' }).click();
  await expectNotice(page, 'The backup shop-golden is accepted');
  const row = rowOf(page, 'Backups shared with me', backup.name).first();
  await expect(row).toContainText('Accepted', { timeout: 60_000 });
  await goTo(page, 'Server and disk backups');
  await expect(rowOf(page, 'Backups', 'shop-golden').first()).toContainText('branch-servers');
});

test('what came by a share is not shared on: the menu says so', async () => {
  const { page } = branch;
  await page.getByRole('button', { name: 'Actions for shop-golden', exact: true }).click();
  const item = page.getByRole('menuitem', { name: 'Share Backup' });
  await expect(item).toHaveAttribute('aria-disabled', 'true');
  await expect(item).toContainText('A backup that was shared with this account cannot be shared on.');
  await page.keyboard.press('Escape');
  const [copy] = await copiesAtBranch();
  expect(await atBranch.refusal(`/backup-points/${copy!.id}/shares`, { projectIds: [projectId] })).toEqual({
    reason: 'BackupService.6714',
    message: 'A backup that was shared with this account cannot be shared on.',
  });
});

test('the recipient makes a server of it, with the bytes of the sharer’s disks', async () => {
  const { page } = branch;
  await pick(page, 'shop-golden', 'Create server');
  const panel = dialogOf(page, 'Create server');
  await expect(panel.getByRole('combobox', { name: 'Backup' })).toContainText('shop-golden');
  await panel.getByRole('textbox', { name: 'Name' }).fill('branch-shop');
  await panel.getByRole('button', { name: 'Create server' }).click();
  await expectNotice(page, /branch-shop is (being made|there)/);
  await expectSameDisks('branch-shop');
  await page.reload();
  await page.getByRole('link', { name: 'branch-shop', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'branch-shop' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('A backup');
});

test('the server of the shared backup runs, shows its screen, and is ended', async () => {
  const { page } = branch;
  const host = await atBranch.get<{ isInstalled: boolean }>('/machine-host');
  test.skip(!host.isInstalled, 'QEMU is not installed');
  await page.getByRole('button', { name: 'Start server' }).click();
  await expect(factOf(page.getByRole('main'), 'State')).toContainText('Running', { timeout: 60_000 });
  await page.getByRole('tab', { name: 'Screen' }).click();
  await expect(page.getByRole('img', { name: /screen/i })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'End machine at once' }).click();
  await expect(factOf(page.getByRole('main'), 'State')).toContainText('Stopped', { timeout: 30_000 });
});

test('the recipient registers an image of it, and makes another server of the image', async () => {
  const { page } = branch;
  await goTo(page, 'Server and disk backups');
  await pick(page, 'shop-golden', 'Register image');
  const panel = dialogOf(page, 'Register image');
  await expect(panel.getByRole('combobox', { name: 'Backup' })).toContainText('shop-golden');
  await panel.getByRole('textbox', { name: 'Name' }).fill('golden-image');
  await panel.getByRole('button', { name: 'Register image' }).click();
  const row = rowOf(page, 'Images', 'golden-image').first();
  await expect(row).toContainText('Available', { timeout: 60_000 });
  await pick(page, 'golden-image', 'Create server');
  const form = dialogOf(page, 'Create server');
  await expect(form.getByRole('combobox', { name: 'Image' })).toContainText('golden-image');
  await form.getByRole('textbox', { name: 'Name' }).fill('image-shop');
  await form.getByRole('button', { name: 'Create server' }).click();
  await expectNotice(page, /image-shop is (being made|there)/);
  await expectSameDisks('image-shop');
});

test('the sharer’s cancellation fails while the image stands, and goes through when it is deleted', async () => {
  const dialog = await openShare();
  await dialog.getByRole('tab', { name: /^Cancel Sharing/ }).click();
  const box = dialog.getByRole('checkbox', { name: 'Cancel sharing with Servers Branch' });
  await box.click();
  await dialog.getByRole('button', { name: 'Cancel sharing', exact: true }).click();
  await expect(dialog).toContainText(
    'Servers Branch has registered an image from the backup: golden-image. Ask for it to be deleted',
  );
  expect(await copiesAtBranch()).toHaveLength(1);
  const [share] = await atOffice.list<BackupShare>(`/backup-shares?pointId=${backup.id}`);
  expect(await atOffice.refusal(`/backup-shares/${share!.id}`, {}, 'DELETE')).toEqual({
    reason: 'BackupService.6710',
    message: expect.stringContaining('golden-image'),
  });
  const { page } = branch;
  await goTo(page, 'Images');
  await pick(page, 'golden-image', 'Delete image');
  await confirmTyped(page, 'Delete image', 'golden-image');
  await expect(rowOf(page, 'Images', 'golden-image')).toHaveCount(0, { timeout: 30_000 });
  await dialog.getByRole('button', { name: 'Cancel sharing', exact: true }).click();
  await expectNotice(office.page, 'The backup is no longer shared with 1 project');
  await expect.poll(async () => (await copiesAtBranch()).length).toBe(0);
  await expectSameDisks('branch-shop');
  await expectSameDisks('image-shop');
});

test('shared again and accepted again, it goes with the original, and the servers stay', async () => {
  await atOffice.post(`/backup-points/${backup.id}/shares`, { projectIds: [projectId] });
  const { page } = branch;
  await goTo(page, 'Backups shared with me');
  await page.getByRole('button', { name: `Accept ${backup.name}` }).click();
  const dialog = dialogOf(page, 'Accept shared backup');
  await dialog.getByRole('radio', { name: /branch-servers/ }).click();
  await dialog.getByRole('button', { name: 'Accept backup' }).click();
  await expect.poll(async () => (await copiesAtBranch()).length, { timeout: 60_000 }).toBe(1);
  await goTo(office.page, 'Server and disk backups');
  await pick(office.page, backup.name, 'Delete');
  const alert = office.page.getByRole('alertdialog');
  await expect(alert).toContainText('it goes from that account too');
  await confirmTyped(office.page, 'Delete backup point', backup.id);
  await expect.poll(async () => (await copiesAtBranch()).length, { timeout: 30_000 }).toBe(0);
  await page.goto(`/${region}/backups`);
  await expect(rowOf(page, 'Backups', 'shop-golden')).toHaveCount(0);
  await expectSameDisks('branch-shop');
  await expectSameDisks('image-shop');
  await page.goto(`/${region}/shared-backups?status=ended`);
  await expect(rowOf(page, 'Backups shared with me', backup.name).first()).toContainText(
    'Deleted by its owner',
  );
});

/** Backups without bytes: none of these gets as far as copying. */
async function makePoint(vaultId = serverVault.id): Promise<string> {
  const sourceKind = vaultId === serverVault.id ? ('server' as const) : ('ecs_file' as const);
  const given = { accountId: office.signIn.accountId, vaultId, sourceKind };
  const point = await asDatabaseOwner((db) => makeBackupPoint(db, { ...given, dataBytes: mib }));
  return point.id;
}

test('the API refuses each share that cannot be, with its number and a sentence', async () => {
  const offer = (id: string, projectIds: string[]) =>
    atOffice.refusal(`/backup-points/${id}/shares`, { projectIds });
  const own = (await atOffice.list<Project>('/projects')).find((project) => project.region === region)!.id;
  const fileVault = await makeVault(atOffice, { kind: 'standard', name: 'office-files', region });
  const [shared, files, dying] = [await makePoint(), await makePoint(fileVault.id), await makePoint()];
  await asDatabaseOwner((db) =>
    db
      .update(backupPoints)
      .set({ expiresAt: new Date(0) })
      .where(eq(backupPoints.id, dying)),
  );
  await atOffice.post(`/backup-points/${shared}/shares`, { projectIds: [projectId] });
  const far = (await atBranch.list<Project>('/projects')).find((project) => project.region !== region)!.id;
  const eleven = Array.from({ length: 11 }, (_, n) => n.toString(16).padStart(32, '0'));
  expect((await offer(shared, eleven)).message).toBe('A backup is shared with up to 10 projects.');
  await asDatabaseOwner((db) =>
    db.update(backupPoints).set({ status: 'deleting' }).where(eq(backupPoints.id, dying)),
  );
  const cases: [number: number, refused: Promise<Refusal>, why: string][] = [
    [6700, offer(files, [projectId]), 'Only backups of servers and disks can be shared.'],
    [6702, offer(dying, [projectId]), 'Only an available backup can be shared.'],
    [6703, offer(shared, [projectId]), 'The backup is shared with this project already.'],
    [6704, offer(shared, [far]), 'This project is in another region.'],
    [6704, offer(shared, ['0'.repeat(32)]), 'No account has this project id.'],
    [6707, offer(shared, [own]), 'This is a project of your own account.'],
  ];
  for (const [number, refused, why] of cases) {
    const { reason, message } = await refused;
    expect.soft({ reason, message }).toEqual({
      reason: `BackupService.${number}`,
      message: expect.stringContaining(why),
    });
  }
});

test('the API refuses each answer that cannot be, with its number and a sentence', async () => {
  const point = await makePoint();
  const { items } = await atOffice.post<{ items: BackupShare[] }>(`/backup-points/${point}/shares`, {
    projectIds: [projectId],
  });
  const { id } = items[0]!;
  const received = (await atBranch.list<ReceivedBackupShare>('/received-backup-shares')).map((one) => one.id);
  expect(received).toContain(id);
  const accept = (vaultId: string) => atBranch.refusal(`/received-backup-shares/${id}/accept`, { vaultId });
  const far = await makeVault(atBranch, {
    ...{ kind: 'server_backup', name: 'branch-far', region: 'eu-west-1', capacityGib: 1 },
  });
  const named = async (name: string) =>
    (await atBranch.list<Vault>('/vaults')).find((vault) => vault.name === name)!.id;
  const refusals: [number: number, refused: Promise<Refusal>, why: string][] = [
    [6105, accept(far.id), 'Choose a vault of this account in the region of the backup.'],
    [6713, accept(await named('branch-disks')), 'Choose one for server backups.'],
  ];
  for (const [number, refused, why] of refusals) {
    expect.soft(await refused).toEqual({
      reason: `BackupService.${number}`,
      message: expect.stringContaining(why),
    });
  }
  expect((await accept(serverVault.id)).message).toContain('This vault does not exist');
  await atBranch.post(`/received-backup-shares/${id}/reject`);
  const late = await accept(await named('branch-servers'));
  expect(late).toEqual({
    reason: 'BackupService.6708',
    message: 'It was rejected already. Ask for it to be shared again.',
  });
});

test('nothing went wrong in either console', () => {
  const problems = [...office.problems, ...branch.problems];
  // A browser writes down the refused check of a project id, and the pages of what has just gone.
  expect(problems.filter((problem) => !problem.includes('/share-projects/'))).toEqual([]);
});
