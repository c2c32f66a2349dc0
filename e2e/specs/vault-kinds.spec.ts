import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { eq } from 'drizzle-orm';
import { dockerFiles, tarOf } from '@/client/testing/tar';
import { vaults as vaultTable } from '@/db/schema';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { Api } from '../harness/api';
import {
  type Console,
  choose,
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
import { accounts } from '../harness/installation';
import { createKey, createVault, openVault, summaryOf } from '../harness/steps';

/** Every kind of vault is one that can be used; keys and trials say beforehand what they end, and when. */

test.describe.configure({ mode: 'serial' });

const region = 'UK (London)';
let me: Console;
let api: Api;
const host = new Host();

test.beforeAll(async ({ browser }) => {
  me = await openConsole(browser, { account: accounts.source });
  api = new Api(me.page);
  await switchRegion(me.page, region);
});
test.afterAll(() => host.dispose());

const vaultNamed = async (name: string) =>
  (await api.list<Vault>('/vaults?region=eu-west-1')).find((vault) => vault.name === name)!;
const pointsOf = async (name: string) =>
  api.list<BackupPoint>(`/backup-points?vaultId=${(await vaultNamed(name)).id}`);

test('each kind is created by its name, and says what it takes', async () => {
  const { page } = me;
  const kinds: [kind: string, name: string, takes: string][] = [
    ['Archive', 'kinds-archive', 'Server files'],
    ['Database', 'kinds-dumps', 'Database dumps'],
    ['Container', 'kinds-images', 'Container images'],
    ['OSS trial', 'kinds-oss', 'OSS buckets'],
    ['NAS trial', 'kinds-nas', 'File Storage NAS'],
    ['Tablestore trial', 'kinds-tables', 'Tablestore tables'],
  ];
  for (const [kind, name, takes] of kinds) {
    await goTo(page, 'Vault management');
    await page.getByRole('button', { name: 'Create vault', exact: true }).first().click();
    const panel = page.getByRole('dialog', { name: 'Create vault' });
    await choose(panel, 'Kind', new RegExp(`^${kind}`));
    await expect(panel).toContainText(takes);
    if (kind.endsWith('trial')) {
      await expect(panel).toContainText('The trial ends');
    }
    await panel.getByRole('textbox', { name: 'Vault name' }).fill(name);
    await panel.getByRole('button', { name: 'Create vault' }).click();
    await expect(rowOf(page, 'Vaults', name).first()).toContainText('Ready', { timeout: 30_000 });
    await expect(rowOf(page, 'Vaults', name).first()).toContainText(kind);
  }
  await expect(page.getByRole('region', { name: 'Limits' })).toContainText(
    'Every free trial of UK (London) has been used.',
  );
});

test('a second trial of a kind is refused before it is asked for', async () => {
  const { page } = me;
  await page.getByRole('button', { name: 'Create vault', exact: true }).first().click();
  const panel = page.getByRole('dialog', { name: 'Create vault' });
  await panel.getByRole('combobox', { name: 'Kind' }).click();
  const option = page.getByRole('option', { name: /^OSS trial/ });
  await expect(option).toContainText('there is one per region');
  await expect(option).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await panel.getByRole('button', { name: 'Cancel' }).click();
});

test('a dump and an image go in by the real client and come back byte for byte', async () => {
  const { page } = me;
  const { command } = await api.post<{ command: string }>('/enrolment-tokens', { region: 'eu-west-1' });
  await host.crossvault(...command.split(' ').slice(1), '--name', 'kinds-host');
  host.startDaemon();
  const dump = randomBytes(3_000_000);
  const image = tarOf(dockerFiles('shop/app:1.4', [randomBytes(2_000_000)]));
  writeFileSync(join(host.data, 'dump.sql'), dump);
  writeFileSync(join(host.data, 'app.tar'), image);
  await host.crossvault('dump', '--name', 'orders', '--', 'cat', join(host.data, 'dump.sql'));
  await host.crossvault('image', '--name', 'shop/app', join(host.data, 'app.tar'));
  await expect(
    host.crossvault('dump', '--name', 'orders', '--', 'sh', '-c', 'echo half; exit 1'),
  ).rejects.toThrow('sh ended with code 1');
  expect(await pointsOf('kinds-dumps')).toHaveLength(1);

  await goTo(page, 'Data sources');
  const sources = rowOf(page, 'Data sources', 'On kinds-host');
  await expect(sources.filter({ hasText: 'orders' })).toContainText('Database dumps');
  await expect(sources.filter({ hasText: 'shop/app' })).toContainText('Container images');
  await openVault(page, 'kinds-images');
  await expect(page.getByRole('table', { name: 'Backup points' })).toContainText('shop/app:1.4');

  const clients = await api.list<BackupClient>('/clients');
  const clientId = clients.find(({ name }) => name === 'kinds-host')!.id;
  for (const [vault, file, bytes] of [
    ['kinds-dumps', 'orders.dump', dump],
    ['kinds-images', 'shop_app.tar', image],
  ] as const) {
    const [point] = await pointsOf(vault);
    const targetPath = join(host.folder, vault);
    mkdirSync(targetPath);
    const job = await api.post<Job>('/jobs/restore', {
      pointId: point!.id,
      clientId,
      selection: { mode: 'all' },
      destination: { kind: 'host', targetPath },
      conflictPolicy: 'overwrite',
    });
    const status = async () => (await api.get<Job>(`/jobs/${job.id}`)).status;
    await expect.poll(status, { timeout: 60_000 }).toBe('complete');
    expect(readFileSync(join(targetPath, file)).equals(bytes)).toBe(true);
  }
});

test('a key by its alias: disabled it shuts its vault with the way out, enabled the vault opens by itself', async () => {
  const { page } = me;
  await createKey(page, 'alias/kinds-ledger');
  await createVault(page, { kind: 'vault', name: 'kinds-ledger', keyAlias: 'alias/kinds-ledger' });
  await goTo(page, 'Keys');
  await pick(page, 'alias/kinds-ledger', 'Disable key');
  const dialog = page.getByRole('alertdialog', { name: 'Disable key' });
  await expect(dialog).toContainText('kinds-ledger');
  await dialog.getByRole('button', { name: 'Disable key' }).click();
  await expectNotice(page, 'Key alias/kinds-ledger is disabled');
  await openVault(page, 'kinds-ledger');
  const way = 'its key alias/kinds-ledger is disabled. Its data is unharmed. Enable the key under Keys';
  await expect(page.getByRole('main')).toContainText(way);
  const refused = host.crossvault('backup', host.data, '--vault', (await vaultNamed('kinds-ledger')).id);
  await expect(refused).rejects.toThrow(/No vault|takes backups/);
  await page.getByRole('link', { name: 'Go to Keys' }).click();
  await pick(page, 'alias/kinds-ledger', 'Enable key');
  await page
    .getByRole('alertdialog', { name: 'Enable key' })
    .getByRole('button', { name: 'Enable key' })
    .click();
  await expectNotice(page, 'Key alias/kinds-ledger is enabled');
  await goTo(page, 'Vault management');
  await expect(rowOf(page, 'Vaults', 'kinds-ledger').first()).toContainText('Ready', { timeout: 60_000 });
});

test('the deletion of a key shows what would be lost, waits, and is cancelled; its alias can be changed', async () => {
  const { page } = me;
  await goTo(page, 'Keys');
  await pick(page, 'alias/kinds-ledger', 'Edit alias and description');
  const panel = page.getByRole('dialog', { name: 'Edit key' });
  await panel.getByRole('textbox', { name: 'Alias' }).fill('alias/kinds-books');
  await panel.getByRole('button', { name: 'Save key' }).click();
  await expectNotice(page, 'Key alias/kinds-books is changed');

  const keys = await api.list<{ id: string; alias: string | null }>('/keys');
  const { id } = keys.find(({ alias }) => alias === 'alias/kinds-books')!;
  await pick(page, 'alias/kinds-books', 'Schedule deletion');
  const dialog = page.getByRole('alertdialog', { name: 'Schedule key deletion' });
  await expect(dialog).toContainText('kinds-ledger in UK (London)');
  await expect(dialog).toContainText('0 backup points');
  await dialog.getByRole('textbox', { name: 'Waiting time, days' }).fill('6');
  await expect(dialog).toContainText('A whole number of days from 7 to 30.');
  await dialog.getByRole('textbox', { name: 'Waiting time, days' }).fill('7');
  await dialog.getByRole('textbox', { name: /^Type/ }).fill(id);
  await dialog.getByRole('button', { name: 'Schedule deletion' }).click();
  await expect(dialog).toBeHidden();
  await expect(rowOf(page, 'Keys', 'alias/kinds-books')).toContainText('To be destroyed');

  await pick(page, 'alias/kinds-books', 'Cancel deletion');
  await page
    .getByRole('alertdialog', { name: 'Cancel key deletion' })
    .getByRole('button', { name: 'Cancel deletion' })
    .click();
  await expect(rowOf(page, 'Keys', 'alias/kinds-books')).toContainText('Enabled');
});

test('a trial tells its dates; when it has ended it is kept, or released with its data', async () => {
  const { page } = me;
  await openVault(page, 'kinds-nas');
  await expect(page.getByRole('main')).toContainText('This is a trial');
  await endTrial('kinds-nas', 31);
  await endTrial('kinds-oss', 40);
  await page.reload();
  await expect(page.getByRole('main')).toContainText('The trial has ended');
  await page.getByRole('button', { name: 'Keep as standard vault' }).first().click();
  await page
    .getByRole('alertdialog', { name: 'Keep as standard vault' })
    .getByRole('button', { name: 'Keep as standard vault' })
    .click();
  await expectNotice(page, 'kinds-nas is a standard vault now');
  await expect(factOf(summaryOf(page), 'Takes')).toContainText('Server files');
  // Keeping one woke the account's ticker, which releases the other.
  await goTo(page, 'Vault management');
  await expect(rowOf(page, 'Vaults', 'kinds-oss')).toHaveCount(0, { timeout: 60_000 });
});

/** The database lets nobody move a trial's dates; its triggers have to look away. */
async function endTrial(name: string, daysAgoBegun: number): Promise<void> {
  const { id } = await vaultNamed(name);
  const from = Date.now() - daysAgoBegun * 86_400_000;
  await asDatabaseOwner((db) =>
    db.transaction(async (tx) => {
      await tx.execute('set local session_replication_role = replica');
      await tx
        .update(vaultTable)
        .set({
          trialEndsAt: new Date(from + 30 * 86_400_000),
          trialReleasesAt: new Date(from + 37 * 86_400_000),
        })
        .where(eq(vaultTable.id, id));
    }),
  );
}
