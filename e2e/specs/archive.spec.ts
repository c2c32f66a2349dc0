import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { eq, sql } from 'drizzle-orm';
import { replicaRemovals } from '@/db/schema';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Invitation } from '@/lib/resource-shares/schemas';
import type { TickerState } from '@/lib/ticker/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { Api } from '../harness/api';
import { type Console, confirmTyped, expectNotice, openConsole } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { accounts } from '../harness/installation';
import { finishRestore } from '../harness/steps';
import { changeTree, describeTree, makeHardTree, type TreeEntry } from '../harness/tree';

/** A point that is archived leaves its replica, in the destination's own time, and is restored from the archive. */

test.describe.configure({ mode: 'serial' });

const region = 'us-west-1';
const client = 'archive-host';
const names = { from: 'aging', to: 'aging-copy', archive: 'attic' };
const host = new Host();
const restored = mkdtempSync(join(tmpdir(), 'crossvault-archive-'));
/** The host's tree as each point holds it, the oldest first. */
const trees: Map<string, TreeEntry>[] = [];
let giver: Console;
let keeper: Console;
let source: Api;
let target: Api;
let from: Vault;
let to: Vault;
let attic: Vault;
let points: BackupPoint[];

test.beforeAll(async ({ browser }) => {
  giver = await openConsole(browser, { account: accounts.source });
  keeper = await openConsole(browser, { account: accounts.destination });
  [source, target] = [new Api(giver.page), new Api(keeper.page)];
  from = await makeVault(source, 'standard', names.from);
  attic = await makeVault(source, 'archive', names.archive);
  to = await makeVault(target, 'replication_target', names.to);
  await share(giver.signIn.accountId);
  const { command } = await source.post<{ command: string }>('/enrolment-tokens', { region });
  await host.crossvault(...command.split(' ').slice(1), '--name', client);
  makeHardTree(host.data, 'first', 4 * 1024 * 1024);
  for (const marker of ['first', 'second', 'third']) {
    if (marker !== 'first') changeTreeSmall(marker);
    await host.crossvault('backup', host.data, '--vault', from.id);
    trees.push(await describeTree(host.data));
  }
  host.startDaemon();
});

test.afterAll(async () => {
  await host.dispose();
  rmSync(restored, { recursive: true, force: true });
});

test('a young point cannot be archived, and the console says from when on', async () => {
  points = await pointsOf(source, from);
  const { page } = giver;
  await page.goto(`/${region}/backup-points/${points[0]!.id}`);
  const button = page.getByRole('button', { name: 'Archive' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  expect(points[0]!.archiveRefusal).toMatch(
    /stay in the standard tier for at least 30 days: this one can be archived from \d{4}-\d\d-\d\d on/,
  );
});

test('all points are copied, and grow old', async () => {
  const { id } = await source.post<Replication>('/replications', {
    sourceVaultId: from.id,
    targetVaultId: to.id,
  });
  const percent = async () => (await source.get<Replication>(`/replications/${id}`)).history.percent;
  await expect.poll(percent, { timeout: 60_000, intervals: [250] }).toBe(100);
  await asDatabaseOwner((db) =>
    db.execute(sql`
      update backup_points set created_at = created_at - interval '40 days', expires_at = now() + interval '300 days'
      where vault_id in (${from.id}, ${to.id})`),
  );
  points = await pointsOf(source, from);
  expect(points.map(({ canArchive }) => canArchive)).toEqual([true, true, true]);
});

test('archiving says that the replica goes after its guard days, and moves the point', async () => {
  const { page } = giver;
  await page.goto(`/${region}/backup-points/${points[0]!.id}`);
  await page.getByRole('button', { name: 'Archive' }).click();
  const panel = page.getByRole('dialog', { name: 'Archive backup point' });
  await expect(panel).toContainText(`Its copy in ${names.to} goes too`);
  await expect(panel).toContainText('removed after 7 days, unless it is held there');
  await panel.getByRole('button', { name: 'Archive backup point' }).click();
  await expectNotice(page, 'is on its way to the archive');
  await untilArchived(points[0]!.id);
  await page.reload();
  await expect(page.getByRole('main').getByText('Archive', { exact: true }).first()).toBeVisible();
});

test('the destination sees the removal to come and holds it past its date', async () => {
  const { page } = keeper;
  await page.goto(`/${region}/vaults/${to.id}?tab=removals`);
  const table = page.getByRole('table', { name: 'Removals to come' });
  await expect(table.getByRole('row').filter({ hasText: client })).toContainText('Will be removed', {
    timeout: 30_000,
  });
  await page.getByRole('button', { name: 'Hold vault' }).click();
  await expectNotice(page, `Everything in ${names.to} is held`);
  await expect(page.getByText('All removals of this vault are held')).toBeVisible();
  await letGuardDaysPass();
  await nextTick();
  expect(await pointsOf(target, to)).toHaveLength(3);
});

test('released, the replica goes', async () => {
  const { page } = keeper;
  await page.getByRole('button', { name: 'Release vault' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Removed at once1 replica');
  await confirmTyped(page, 'Release vault', names.to);
  await expect.poll(async () => (await pointsOf(target, to)).length, { timeout: 30_000 }).toBe(2);
  await expect(page.getByText('No removals to come')).toBeVisible();
});

test('without guard days the replica goes at once', async () => {
  const { page } = keeper;
  await page.goto(`/${region}/vaults/${to.id}?tab=settings`);
  await page.getByRole('spinbutton', { name: 'Guard days' }).fill('0');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expectNotice(page, `Vault ${names.to} is saved`);

  await giver.page.goto(`/${region}/backup-points/${points[1]!.id}`);
  await giver.page.getByRole('button', { name: 'Archive' }).click();
  const panel = giver.page.getByRole('dialog', { name: 'Archive backup point' });
  await expect(panel).toContainText('removed at once, unless it is held there');
  await panel.getByRole('button', { name: 'Archive backup point' }).click();
  await untilArchived(points[1]!.id);
  await expect.poll(async () => (await pointsOf(target, to)).length, { timeout: 30_000 }).toBe(1);
});

test('a point moves into an archive vault of the account', async () => {
  const { page } = giver;
  await page.goto(`/${region}/backup-points/${points[2]!.id}`);
  await page.getByRole('button', { name: 'Archive' }).click();
  const panel = page.getByRole('dialog', { name: 'Archive backup point' });
  await panel.getByRole('radio', { name: new RegExp(`^Archive vault ${names.archive}`) }).click();
  await panel.getByRole('button', { name: 'Archive backup point' }).click();
  await expect.poll(async () => (await pointsOf(source, attic)).length, { timeout: 30_000 }).toBe(1);
  expect(await pointsOf(source, from)).toHaveLength(2);
  await expect.poll(async () => (await pointsOf(target, to)).length, { timeout: 30_000 }).toBe(0);
  await page.goto(`/${region}/vaults/${attic.id}`);
  await expect(page.getByText('Stored in the archive tier')).toBeVisible();
});

test('what was archived is restored from there, byte for byte, out of either kind of archive', async () => {
  const [moved] = await pointsOf(source, attic);
  const cases = [
    { point: points[0]!, vault: from, tree: trees[0]! },
    { point: moved!, vault: attic, tree: trees[2]! },
  ];
  for (const { point, vault, tree } of cases) {
    const folder = join(restored, point.id);
    const { page } = giver;
    await page.goto(`/${region}/restore?vault=${vault.id}&point=${point.id}`);
    await toDestination(page);
    await finishRestore(page, {
      client,
      target: folder,
      review: () =>
        expect(page.getByRole('region', { name: 'Restore' })).toContainText('lies in the archive tier'),
    });
    expect(await describeTree(join(folder, host.data))).toEqual(tree);
  }
});

test('neither console complained about anything', () => {
  expect(giver.problems).toEqual([]);
  expect(keeper.problems).toEqual([]);
});

function changeTreeSmall(marker: string): void {
  changeTree(host.data, marker);
}

async function toDestination(page: Page): Promise<void> {
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radio', { name: /^Everything/ }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
}

/** The oldest first. */
async function pointsOf(api: Api, vault: Vault): Promise<BackupPoint[]> {
  return (await api.list<BackupPoint>(`/backup-points?vaultId=${vault.id}`)).reverse();
}

async function untilArchived(id: string): Promise<void> {
  const tier = async () => (await source.get<BackupPoint>(`/backup-points/${id}`)).tier;
  await expect.poll(tier, { timeout: 30_000, intervals: [250] }).toBe('archive');
}

/** The one thing that no door moves. */
function letGuardDaysPass() {
  return asDatabaseOwner((db) =>
    db
      .update(replicaRemovals)
      .set({ removeAt: sql`now() - interval '1 hour'` })
      .where(eq(replicaRemovals.vaultId, to.id)),
  );
}

/** A whole tick of the destination after this moment. */
async function nextTick(): Promise<void> {
  const lastTick = async () => Date.parse((await target.get<TickerState>('/ticker')).lastTickAt ?? '');
  const before = await lastTick();
  await expect
    .poll(
      async () => {
        await target.post('/ticker/wake');
        return lastTick();
      },
      { timeout: 30_000, intervals: [1000] },
    )
    .toBeGreaterThan(before);
}

async function makeVault(api: Api, kind: Vault['kind'], name: string): Promise<Vault> {
  const [group] = await api.list<{ id: string }>('/resource-groups');
  const vault = await api.post<Vault>('/vaults', { kind, name, region, resourceGroupId: group?.id });
  const status = async () => (await api.get<Vault>(`/vaults/${vault.id}`)).status;
  await expect.poll(status, { timeout: 30_000 }).toBe('created');
  return vault;
}

async function share(accountId: string): Promise<void> {
  const name = 'archive-copies';
  await target.post('/resource-shares', {
    mode: 'new',
    vaultId: to.id,
    name,
    principals: [{ type: 'account', id: accountId }],
  });
  const invitations = await source.list<Invitation>('/invitations');
  const invitation = invitations.find(({ shareName }) => shareName === name);
  await source.post(`/invitations/${invitation?.id}/accept`);
}
