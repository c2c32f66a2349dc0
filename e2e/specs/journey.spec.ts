import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { sql } from 'drizzle-orm';
import { showName } from '@/lib/backup-points/encoded-path';
import type { Replication } from '@/lib/replication/schemas';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
  confirmTyped,
  expectNotice,
  factOf,
  goTo,
  openConsole,
  pick,
  rowOf,
  switchRegion,
} from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { accounts, exportKey, installation, readRun } from '../harness/installation';
import { keepPicture } from '../harness/pictures';
import {
  createKey,
  createVault,
  enrol,
  expectJobComplete,
  expectProgress,
  finishRestore,
  idIn,
  openVault,
  shareVault,
  summaryOf,
  watchJob,
} from '../harness/steps';
import { changeTree, describeTree, makeHardTree, type TreeEntry } from '../harness/tree';
import { whileFrozen } from '../harness/while-frozen';

/** The reason this product exists, in two browsers: a second copy in another account, and a restore from it when the first is lost. */
test.describe.configure({ mode: 'serial' });

const sourceRegion = { id: 'ap-southeast-1', name: 'Singapore' };
const targetRegion = { id: 'eu-central-1', name: 'Germany (Frankfurt)' };
const names = {
  sourceKey: 'alias/ledger',
  targetKey: 'alias/ledger-copy',
  sourceVault: 'ledger',
  targetVault: 'ledger-copy',
  share: 'copies-for-northwind',
  client: 'ledger-host',
  keeper: 'ledger-keeper',
  usedTarget: 'harbor-copy',
};
/** Enough that a backup and a copy last longer than it takes to notice them. */
const largeBytes = 320 * 1024 * 1024;

let source: Console;
let destination: Console;
let host: Host;
let keeper: Host;
let sourceVaultId: string;
let targetVaultId: string;
let targetKeyId: string;
let newest: Map<string, TreeEntry>;

test.beforeAll(async ({ browser }) => {
  host = new Host();
  keeper = new Host();
  source = await openConsole(browser, { account: accounts.source });
  destination = await openConsole(browser, { account: accounts.destination });
});

test.afterAll(async () => {
  await host?.dispose();
  await keeper?.dispose();
});

test('two accounts are signed in at once, each in its region', async () => {
  for (const [{ page, signIn }, region] of [
    [source, sourceRegion],
    [destination, targetRegion],
  ] as const) {
    await expect(page.getByRole('banner')).toContainText(signIn.account);
    await expect(page.getByRole('banner')).toContainText(signIn.accountId);
    await switchRegion(page, region.name);
    await expect(page).toHaveURL(new RegExp(`/${region.id}$`));
  }
});

test('a host is enrolled with a one-use command and shows up online', async () => {
  const { page } = source;
  const command = await enrol(page, host, names.client);
  const row = rowOf(page, 'Clients', names.client);
  await expect(row).toContainText('Online');
  await expect(row).toContainText(/just now|s ago/);
  await expect(row).toContainText(/\d+\.\d+\.\d+/);
  await expect(host.crossvault(...command, '--replace')).rejects.toThrow(/token/i);

  await enrol(destination.page, keeper, names.keeper);
});

test('a vault is made under a key of the account', async () => {
  await createKey(source.page, names.sourceKey);
  await createVault(source.page, {
    kind: 'vault',
    name: names.sourceVault,
    keyAlias: names.sourceKey,
  });
  sourceVaultId = await openVault(source.page, names.sourceVault);
  await expect(factOf(summaryOf(source.page), 'Encryption')).toContainText(names.sourceKey);
});

test('a backup from the console shows its progress and makes a point', async () => {
  const { page } = source;
  makeHardTree(host.data, 'first', largeBytes);
  await goTo(page, 'Clients');
  await pick(page, names.client, 'Back up');
  const panel = page.getByRole('dialog', { name: 'Start backup' });
  await choose(panel, 'Vault', names.sourceVault);
  await panel.getByRole('textbox', { name: 'Folders' }).fill(host.data);
  await panel.getByRole('button', { name: 'Start backup' }).click();
  await watchJob(page, { kind: 'backup', host });
  await expect(page.getByRole('heading', { level: 1, name: `Backup of ${host.data}` })).toBeVisible();
  await expectJobComplete(page);
});

test('a backup from the command line reads and sends only what changed', async () => {
  changeTree(host.data, 'second');
  const lines = (await host.crossvault('backup', host.data, '--vault', names.sourceVault, '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.some(({ type, bytesDone }) => type === 'progress' && bytesDone > 0)).toBe(true);
  const result = lines.at(-1);
  expect(result).toMatchObject({ type: 'result', outcome: 'complete' });
  expect(result.report.unchangedFiles).toBeGreaterThan(300);
  expect(result.sentBytes).toBeLessThan(16 * 1024 * 1024);

  await openVault(source.page, names.sourceVault);
  await expect(factOf(summaryOf(source.page), 'Backup points')).toHaveText('2');
});

test('the destination account shares a target vault with the account of the source', async () => {
  const { page } = destination;
  await createKey(page, names.targetKey);
  await createVault(page, {
    kind: 'replication target vault',
    name: names.targetVault,
    keyAlias: names.targetKey,
  });
  targetVaultId = await openVault(page, names.targetVault);
  targetKeyId = await idIn(factOf(summaryOf(page), 'Encryption'));

  await shareVault(page, { vault: names.targetVault, name: names.share, with: source.signIn });

  // A vault that is taken joins the same share, so that the source sees one that it cannot choose.
  await goTo(page, 'Vault management');
  await pick(page, names.usedTarget, 'Add to a resource share');
  const panel = page.getByRole('dialog', { name: 'Add resources to a resource share' });
  await panel.getByRole('radio', { name: /^Select from existing/ }).click();
  await choose(panel, 'Resource share', names.share);
  await panel.getByRole('button', { name: 'Share vault' }).click();
  await expectNotice(page, `${names.usedTarget} is in the resource share ${names.share}`);
});

test('the source account accepts the invitation', async () => {
  const { page } = source;
  await goTo(page, 'Shared with me');
  await page.getByRole('button', { name: `Accept ${names.share}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Accept resource share' });
  await expect(dialog).toContainText(destination.signIn.accountId);
  await dialog.getByRole('button', { name: 'Accept resource share' }).click();
  await expectNotice(page, `The resource share ${names.share} is accepted`);
  await page.getByRole('tab', { name: 'Accepted' }).click();
  await expect(rowOf(page, 'Accepted invitations', names.share)).toContainText(names.targetVault);
});

test('replication is configured, and both accounts see the history arrive', async () => {
  const [from, to] = [source.page, destination.page];
  await openVault(to, names.targetVault);
  await openVault(from, names.sourceVault);
  await from.getByRole('button', { name: 'Configure replication' }).first().click();
  const panel = from.getByRole('dialog', { name: 'Configure vault replication' });
  await choose(panel, 'Target region', targetRegion.name);
  const taken = panel.getByRole('radio', { name: new RegExp(`^${names.usedTarget}`) });
  await expect(taken).toBeDisabled();
  await expect(taken).toHaveAccessibleDescription(/it takes only one in its life/);
  await panel.getByRole('radio', { name: new RegExp(`^${names.targetVault}`) }).click();
  await expect(panel.getByText('2 existing points')).toBeVisible();
  await panel.getByRole('button', { name: 'Start replication' }).click();

  // Held still in the middle of the copy, so that both are seen at the same moment of it.
  await untilCopying(sourceVaultId);
  await whileFrozen(readRun().engine, async () => {
    for (const page of [from, to]) {
      await page.reload();
      await page.getByRole('tab', { name: 'Replication' }).click();
      await expectProgress(page, /^History: \d of 2 points/, /\/s/);
    }
    await keepPicture(from, 'vault-replication', 1100);
  });
  for (const page of [from, to]) {
    await expect(factOf(progressOf(page), 'History')).toContainText('100 %', { timeout: 120_000 });
    await expect(copiedPoints(page)).toHaveCount(2);
  }
});

test('a new point flows over by itself', async () => {
  changeTree(host.data, 'third');
  newest = await describeTree(host.data);
  const { page } = source;
  await goTo(page, 'Clients');
  await pick(page, names.client, 'Back up');
  const panel = page.getByRole('dialog', { name: 'Start backup' });
  await choose(panel, 'Vault', names.sourceVault);
  await panel.getByRole('button', { name: 'Use these' }).click();
  await panel.getByRole('button', { name: 'Start backup' }).click();
  await expectJobComplete(page);

  for (const { page: shown } of [source, destination]) {
    if (shown === page) await openVault(page, names.sourceVault);
    await shown.getByRole('tab', { name: 'Replication' }).click();
    await expect(copiedPoints(shown)).toHaveCount(3, { timeout: 60_000 });
    await expect(factOf(progressOf(shown), 'Behind by')).toHaveText('Up to date');
    await expect(factOf(progressOf(shown), 'Points to copy')).toHaveText('0');
    await expect(factOf(progressOf(shown), 'Newest replicated point')).toContainText(/just now|s ago/);
  }
  await goTo(destination.page, 'Overview');
  await expect(destination.page.getByRole('figure', { name: new RegExp(names.targetVault) })).toBeVisible();
  await keepPicture(destination.page, 'overview', 820);
});

test('the destination restores everything from its copy, byte for byte', async () => {
  await goTo(destination.page, 'Restore');
  const wizard = destination.page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radio', { name: /^Local files/ }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('radio', { name: new RegExp(`^${names.targetVault}`) }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('radio', { name: /^Everything/ }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  const restored = await restoreTo('everything', () =>
    watchJob(destination.page, { kind: 'restore', host: keeper }),
  );
  expect(await describeTree(restored)).toEqual(newest);
});

test('the destination restores only what it chooses', async () => {
  const { page } = destination;
  await openVault(page, names.targetVault);
  await page.getByRole('tab', { name: 'Backup points' }).click();
  const points = page.getByRole('table', { name: 'Backup points' });
  await points
    .getByRole('button', { name: /^Actions for/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radio', { name: /^Only what I choose/ }).click();
  const tree = wizard.getByRole('tree', { name: 'Files to restore' });
  for (const folder of host.data.split('/').slice(1)) await itemOf(tree, folder).click();
  const chosen = ['größe-計-🙂', 'two\nlines', 'x'.repeat(255), 'link', 'empty folder'];
  for (const name of chosen) {
    await itemOf(tree, name).locator('[data-mark]').click();
  }
  await expect(wizard.getByText(/^To restore: .+ in \d+ files/)).toBeVisible();
  await wizard.getByRole('button', { name: 'Next' }).click();
  const restored = await restoreTo('chosen');
  const wanted = chosen.map((name) => Buffer.from(name).toString('latin1'));
  const isChosen = (path: string) => wanted.some((name) => path === name || path.startsWith(`${name}/`));
  expect(await describeTree(restored)).toEqual(new Map([...newest].filter(([path]) => isChosen(path))));
});

test('replication is stopped by typing the vault’s name', async () => {
  const { page } = source;
  await openVault(page, names.sourceVault);
  await page.getByRole('button', { name: 'Stop replication' }).click();
  await confirmTyped(page, 'Stop replication', names.sourceVault);
  await expectNotice(page, `The replication of ${names.sourceVault} is stopped`);
  await expect(page.getByRole('region', { name: 'Replication' })).toContainText('It cannot be resumed');
});

test('the source loses its vault, its key and its storage', async () => {
  const { page } = source;
  await pick(page, names.sourceVault, 'Delete');
  await confirmTyped(page, 'Delete vault', names.sourceVault);
  await expect(page.getByRole('heading', { level: 1, name: 'Vault management' })).toBeVisible();
  await expect(page.getByText(`No vaults in ${sourceRegion.name} yet`)).toBeVisible({ timeout: 60_000 });

  await goTo(page, 'Keys');
  const keyId = await idIn(rowOf(page, 'Keys', names.sourceKey));
  await pick(page, names.sourceKey, 'Schedule deletion');
  const dialog = page.getByRole('alertdialog', { name: 'Schedule key deletion' });
  await dialog.getByRole('textbox', { name: /^Type/ }).fill(keyId);
  await dialog.getByRole('button', { name: 'Schedule deletion' }).click();
  await expect(rowOf(page, 'Keys', names.sourceKey)).toContainText('To be destroyed');
  await passWaitingTime(keyId);
  const stateOf = async () =>
    (await new Api(page).list<{ id: string; state: string }>('/keys')).find(({ id }) => id === keyId)?.state;
  await expect.poll(stateOf, { timeout: 30_000 }).toBe('destroyed');
  await page.reload();
  const gone = page.getByRole('row').filter({ has: page.getByRole('button', { name: `Copy ${keyId}` }) });
  await expect(gone).toContainText('Destroyed');

  const storage = join(installation().dataDir, 'regions', sourceRegion.id);
  for (const zone of ['a', 'b']) rmSync(join(storage, zone, 'vaults'), { recursive: true, force: true });
  expect(existsSync(join(storage, 'a/vaults', sourceVaultId))).toBe(false);
});

test('the destination still restores everything, byte for byte', async () => {
  const { page } = destination;
  await page.goto(`/${targetRegion.id}/restore?vault=${targetVaultId}`);
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  const restored = await restoreTo('after the loss');
  expect(await describeTree(restored)).toEqual(newest);
});

test('crossvault rescue restores the same bytes from the bare folder and the key', async () => {
  const keyFile = join(keeper.folder, 'account.key');
  await exportKey(targetKeyId, keyFile);
  const vaultFolder = join(installation().dataDir, 'regions', targetRegion.id, 'a/vaults', targetVaultId);
  const to = join(keeper.folder, 'rescued');
  const report = await keeper.crossvault('rescue', vaultFolder, '--key', keyFile, '--to', to);
  expect(report).toContain('0 failed');
  expect(await describeTree(join(to, host.data))).toEqual(newest);
});

test('neither console complained about anything', () => {
  expect(source.problems).toEqual([]);
  expect(destination.problems).toEqual([]);
});

/** Seven days later, for the key and its account's ticker. */
async function passWaitingTime(keyId: string): Promise<void> {
  await asDatabaseOwner((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(sql`update kms_keys set deletion_at = now() where id = ${keyId}`);
      await tx.execute(sql`select wake_ticker(account_id) from kms_keys where id = ${keyId}`);
    }),
  );
}

const progressOf = (page: Page) => page.getByRole('tabpanel', { name: 'Replication' });

const copiedPoints = (page: Page) =>
  page.getByRole('table', { name: 'Replicated points' }).getByRole('cell', { name: 'Copied', exact: true });

async function untilCopying(vaultId: string): Promise<void> {
  const api = new Api(source.page);
  const bytesDone = async () => {
    const [replication] = await api.list<Replication>(`/replications?vaultId=${vaultId}`);
    return replication?.history.bytesDone ?? 0;
  };
  await expect.poll(bytesDone, { intervals: [50], message: 'bytes have arrived' }).toBeGreaterThan(0);
}

const itemOf = (tree: Locator, name: string) =>
  tree.getByRole('treeitem').filter({ has: tree.page().getByText(showName(name), { exact: true }) });

/** Restores to a folder of its own; returns where the host's tree must be found again. */
async function restoreTo(name: string, watch?: () => Promise<void>): Promise<string> {
  const target = join(keeper.folder, name);
  await finishRestore(destination.page, { client: names.keeper, target, watch });
  return join(target, host.data);
}
