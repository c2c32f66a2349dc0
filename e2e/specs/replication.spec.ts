import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { sql } from 'drizzle-orm';
import type { Notification } from '@/lib/notifications/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
  confirmTyped,
  expectNotice,
  goTo,
  openConsole,
  pick,
  rowOf,
} from '../harness/console';
import { asDatabaseOwner, wakeTicker } from '../harness/database';
import { Host } from '../harness/host';
import { accounts } from '../harness/installation';
import { expectCaughtUp, makeVault, shareVault } from '../harness/pair';

/** The life of one replication from both ends: watched, missed, stopped, and what can be done with its target after. */

test.describe.configure({ mode: 'serial' });

const region = 'ap-southeast-1';
const names = { source: 'orders', target: 'orders-copy' };
let giver: Console;
let keeper: Console;
let from: Vault;
let to: Vault;
let replicationId: string;
const host = new Host();

const pageOf = ({ id }: Vault, tab: string) => `/${region}/vaults/${id}?tab=${tab}`;
const kindsOf = async (page: Page) =>
  (await new Api(page).list<Notification>('/notifications')).map(({ kind }) => kind);

test.beforeAll(async ({ browser }) => {
  giver = await openConsole(browser, { account: accounts.source });
  keeper = await openConsole(browser, { account: accounts.destination });
  const [source, target] = [new Api(giver.page), new Api(keeper.page)];
  from = await makeVault(source, { kind: 'standard', name: names.source, region });
  to = await makeVault(target, { kind: 'replication_target', name: names.target, region });
  await shareVault(source, target, {
    vaultId: to.id,
    name: 'orders-copies',
    accountId: giver.signIn.accountId,
  });
  const { command } = await source.post<{ command: string }>('/enrolment-tokens', { region });
  await host.crossvault(...command.split(' ').slice(1), '--name', 'orders-host');
  for (const day of ['monday', 'tuesday']) {
    writeFileSync(join(host.data, `${day}.csv`), `order,${day}\n`.repeat(2000));
    await host.crossvault('backup', host.data, '--vault', from.id);
  }
  const started = await source.post<Replication>('/replications', {
    sourceVaultId: from.id,
    targetVaultId: to.id,
  });
  replicationId = started.id;
  await expectCaughtUp(source, replicationId);
});

test.afterAll(() => host.dispose());

test('both accounts see it in their list, each from its side, with lag and objective', async () => {
  for (const [{ page }, direction] of [
    [giver, 'Out of this account'],
    [keeper, 'Into this account'],
  ] as const) {
    await goTo(page, 'Replications');
    const row = rowOf(page, 'Replications', names.target);
    for (const text of [names.source, direction, 'Up to date', 'Objective 1 d']) {
      await expect(row).toContainText(text);
    }
  }
});

test('the plots are read with the keyboard and as a table, over a day and over a month', async () => {
  await asDatabaseOwner((db) =>
    db.execute(sql`
      insert into replication_samples (account_id, replication_id, at, copied_bytes, lag_points, lag_seconds)
      select ${keeper.signIn.accountId}, ${replicationId}, date_trunc('minute', now()) - minute * interval '5 minutes',
        (100 - minute) * 3000000, 1, minute * 30
      from generate_series(1, 40) as minute on conflict do nothing`),
  );
  const { page } = giver;
  await page.goto(pageOf(from, 'replication'));
  const lag = page.getByRole('slider', { name: /^Lag at the target/ });
  await lag.focus();
  await page.keyboard.press('Home');
  await expect(lag).toHaveAttribute('aria-valuetext', /^\d+ min · \d+ \w+ \d{4}, \d\d:\d\d$/);
  const first = await lag.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  await expect(lag).not.toHaveAttribute('aria-valuetext', first ?? '');
  await expect(page.getByRole('slider', { name: /^Throughput from the source: .*KiB\/s/ })).toBeVisible();
  await page.getByText('Show as a table').click();
  const table = page.getByRole('region', { name: 'Lag and throughput as a table' });
  await expect(table.getByRole('row').nth(2)).toContainText(/\d (s|min)/);
  await page.getByRole('button', { name: '30 days' }).click();
  await expect(page).toHaveURL(/range=30d/);
  await expect(page.getByRole('button', { name: '30 days' })).toHaveAttribute('aria-pressed', 'true');
});

test('the destination sets the objective, the source sees why it cannot, and a miss is told to both', async () => {
  await giver.page.goto(pageOf(from, 'replication'));
  const set = giver.page.getByRole('button', { name: 'Set objective' });
  await expect(set).toHaveAttribute('aria-disabled', 'true');
  await set.hover();
  await expect(giver.page.getByRole('tooltip')).toContainText(
    `The destination sets it: ask ${accounts.destination}.`,
  );

  const { page } = keeper;
  await page.goto(pageOf(to, 'replication'));
  await page.getByRole('button', { name: 'Set objective' }).click();
  const panel = page.getByRole('dialog', { name: 'Set recovery point objective' });
  await panel.getByRole('textbox', { name: 'At most this far behind' }).fill('soon');
  await panel.getByRole('button', { name: 'Save objective' }).click();
  await expect(panel.getByRole('textbox', { name: 'At most this far behind' })).toHaveAttribute(
    'aria-invalid',
    'true',
  );
  await panel.getByRole('textbox', { name: 'At most this far behind' }).fill('30');
  await choose(panel, 'Unit', 'minutes');
  await panel.getByRole('button', { name: 'Save objective' }).click();
  await expectNotice(page, `The objective of ${names.source} is saved`);

  // Forty minutes in which a point did not come through.
  await asDatabaseOwner((db) =>
    db.execute(sql`update replications set lag_since = now() - interval '40 minutes', lag_points = 1,
      watched_at = now() - interval '2 minutes' where id = ${replicationId}`),
  );
  for (const { page: reader } of [giver, keeper]) {
    await reader.reload();
    await expect(reader.getByRole('tabpanel')).toContainText(/Missed\s*At most 30 min behind · missed since/);
  }
  await wakeTicker(keeper.signIn.accountId);
  for (const { page: reader } of [giver, keeper]) {
    await expect.poll(() => kindsOf(reader), { timeout: 30_000 }).toContain('replication.objective_missed');
  }
  await asDatabaseOwner((db) =>
    db.execute(sql`update replications set lag_since = null, lag_points = 0 where id = ${replicationId}`),
  );
});

test('while it runs neither vault is deleted, the target is not locked and its points are not deleted', async () => {
  const stop = 'This vault takes part in a replication. Stop the replication first.';
  for (const [{ page }, vault] of [
    [giver, from],
    [keeper, to],
  ] as const) {
    await page.goto(pageOf(vault, 'settings'));
    await expect(page.getByRole('button', { name: 'Delete vault' })).toHaveAttribute('aria-disabled', 'true');
    await expect(page.getByRole('tabpanel')).toContainText(`Not possible now: ${stop}`);
  }
  const { page } = keeper;
  await expect(page.getByRole('button', { name: 'Lock vault' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('tabpanel')).toContainText(
    'A replication target can be locked after its replication has been stopped.',
  );
  await page.goto(pageOf(to, 'points'));
  await expect(page.getByRole('table', { name: 'Backup points' })).toContainText(
    `Follows ${names.source} of ${accounts.source}`,
  );
  await openRestore(page);
  await expect(page.getByRole('button', { name: 'Delete backup point' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(page.getByRole('region', { name: 'Restore' })).toContainText(
    'This is a copy that a running replication keeps. Stop the replication first.',
  );
});

test('stopping says what stays until when and what will not arrive, from either side', async () => {
  await goTo(giver.page, 'Replications');
  await pick(giver.page, `${names.source} to ${names.target}`, 'Stop replication');
  const dialog = giver.page.getByRole('alertdialog', { name: 'Stop replication' });
  for (const text of [
    'A stopped replication cannot be resumed.',
    /Copies that stay\s*2 points/,
    /First to expire/,
    'Every later point; all existing ones have arrived',
    'replicated again, from the beginning, to a new target vault',
  ]) {
    await expect(dialog).toContainText(text);
  }
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  const { page } = keeper;
  await page.goto(pageOf(to, 'replication'));
  await page.getByRole('button', { name: 'Stop replication' }).first().click();
  const theirs = page.getByRole('alertdialog', { name: 'Stop replication' });
  await expect(theirs).toContainText(`After that you can delete copies on the restore page, lock ${to.name}`);
  await confirmTyped(page, 'Stop replication', names.source);
  await expectNotice(page, `The replication of ${names.source} is stopped`);
  await giver.page.reload();
  await expect(rowOf(giver.page, 'Replications', names.target)).toContainText('Stopped');
});

test('the target takes no second replication, and the choice says where a new one is made', async () => {
  const { page } = giver;
  await page.goto(pageOf(from, 'replication'));
  await page.getByRole('button', { name: 'Configure replication' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Configure vault replication' });
  await choose(panel, 'Target region', /^Singapore/);
  await expect(panel.getByRole('radio', { name: new RegExp(names.target) })).toBeDisabled();
  await expect(panel).toContainText('it takes only one in its life. Create a new one.');
});

test('a copy is deleted from the restore page, and the other one stays', async () => {
  const { page } = keeper;
  const pointId = await openRestore(page);
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('button', { name: 'Delete backup point' }).click();
  await confirmTyped(page, 'Delete backup point', pointId);
  await expectNotice(page, 'is deleted');
  await expect(wizard.getByRole('radio')).toHaveCount(1);
});

test('a lock is rehearsed with its price, and nothing deletes what it keeps', async () => {
  const { page } = keeper;
  await page.goto(pageOf(to, 'settings'));
  await page.getByRole('button', { name: 'Lock vault' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Lock vault' });
  await expect(dialog).toContainText(/Covers\s*1 backup point/);
  await expect(dialog).toContainText(/about \$\d/);
  const rehearsal = dialog.getByRole('region', { name: 'Rehearsal' });
  for (const action of ['Deleting a backup point', 'Deleting the vault', 'Taking the lock off']) {
    await expect(rehearsal).toContainText(action);
  }
  await confirmTyped(page, 'Lock vault', names.target);
  await expectNotice(page, `Vault ${names.target} is locked`);
  await expect(page.getByRole('button', { name: 'Delete vault' })).toHaveAttribute('aria-disabled', 'true');
  await openRestore(page);
  await expect(page.getByRole('button', { name: 'Delete backup point' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(page.getByRole('region', { name: 'Restore' })).toContainText(
    'The vault is locked: its backup points stay until their retention ends.',
  );
});

test('deleting the source names what goes and what stays with the other account', async () => {
  const { page } = giver;
  await page.goto(pageOf(from, 'settings'));
  await page.getByRole('button', { name: 'Delete vault' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete vault' });
  await expect(dialog).toContainText('2 points deleted');
  await expect(dialog).toContainText(
    `What was copied to ${names.target} of ${accounts.destination} stays there and can be restored.`,
  );
  await confirmTyped(page, 'Delete vault', names.source);
  await expect(page.getByRole('heading', { level: 1, name: 'Vault management' })).toBeVisible();
  expect(await new Api(keeper.page).list(`/backup-points?vaultId=${to.id}`)).toHaveLength(1);
});

/** The newest point of the target, chosen on the restore page; its id. */
async function openRestore(page: Page): Promise<string> {
  const [point] = await new Api(page).list<{ id: string }>(`/backup-points?vaultId=${to.id}`);
  await page.goto(`/${region}/restore?vault=${to.id}`);
  await page.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  return point?.id ?? '';
}
