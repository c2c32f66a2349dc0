import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { sql } from 'drizzle-orm';
import { type Console, expectNotice, goTo, openConsole, rowOf, switchRegion } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { accounts, installation } from '../harness/installation';
import { createVault, enrol, openVault } from '../harness/steps';

/** Zones of a region, one of them lost and healed; a flipped byte found and mended. */

test.describe.configure({ mode: 'serial' });
const region = { id: 'ap-northeast-1', name: 'Japan (Tokyo)' };
const vaultName = 'zoned-vault';
let host: Host;
let reader: Console;
let vaultId: string;

const zoneFolder = (zone: string) => join(installation().dataDir, 'regions', region.id, zone);
const card = (page: Page, zone: string) => page.getByRole('listitem', { name: `Zone ${zone}` });

test.beforeAll(async ({ browser }) => {
  host = new Host();
  reader = await openConsole(browser, { account: accounts.source });
});

test.afterAll(async () => {
  await host.dispose();
  expect(reader.problems).toEqual([]);
});

test('the Regions page tells what each region offers, and that zones share a disk', async () => {
  const { page } = reader;
  await switchRegion(page, region.name);
  await goTo(page, 'Regions');
  await expect(page.getByText('Zones of one region share a disk')).toBeVisible();
  const row = rowOf(page, 'Regions', region.id);
  await expect(row).toContainText('ZRS');
  await expect(row).toContainText('Zone a (folder): well');
  await expect(row).toContainText('Zone b (folder): well');
  await expect(rowOf(page, 'Regions', 'eu-west-1')).toContainText('LRS');
});

test('a vault of such a region says beforehand that it will be zone-redundant', async () => {
  const { page } = reader;
  await goTo(page, 'Vault management');
  await page.getByRole('button', { name: 'Create vault', exact: true }).first().click();
  await expect(page.getByRole('dialog')).toContainText('Zone-redundant (ZRS), 2 zones');
  await page.keyboard.press('Escape');
  await createVault(page, { kind: 'vault', name: vaultName });
  vaultId = await openVault(page, vaultName);
});

test('backups go on while a zone is away, and it is healed when it is back', async () => {
  const { page } = reader;
  writeFileSync(join(host.data, 'ledger.txt'), 'entry\n'.repeat(50_000));
  await enrol(page, host, 'zone-host');
  renameSync(zoneFolder('b'), `${zoneFolder('b')}-away`);
  await host.crossvault('backup', '--vault', vaultName, host.data);
  await page.goto(`/${region.id}/vaults/${vaultId}?tab=storage`);
  await expect(card(page, 'a')).toContainText('Whole');
  await expect(card(page, 'b')).toContainText(/objects? to bring/);
  await expect(card(page, 'b')).toContainText('Mount its disk');

  renameSync(`${zoneFolder('b')}-away`, zoneFolder('b'));
  await asDatabaseOwner((db) =>
    db.execute(sql`
      with due as (update vault_zones set due_at = now() where vault_id = ${vaultId} returning account_id)
      select wake_ticker(account_id) from due`),
  );
  // Zones are looked at once a minute.
  await expect(card(page, 'b')).toContainText('Whole', { timeout: 100_000 });
  const packs = (zone: string) => readdirSync(join(zoneFolder(zone), 'vaults', vaultId, 'packs')).sort();
  expect(packs('b')).toEqual(packs('a'));
});

test('verifying finds a flipped byte in one zone and heals it from the other', async () => {
  const { page } = reader;
  const folder = join(zoneFolder('a'), 'vaults', vaultId, 'packs');
  const [name] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((one) => one.length > 60);
  const file = join(folder, name!);
  const good = readFileSync(file);
  const bad = Buffer.from(good);
  bad[100]! ^= 1;
  cpSync(file, `${host.folder}/good`);
  writeFileSync(file, bad);

  await page.getByRole('button', { name: 'Verify vault' }).click();
  await expectNotice(page, `${vaultName} is being verified`);
  await expect(page.getByRole('list', { name: 'Verifications' })).toContainText(
    '1 damaged pack found and healed',
    { timeout: 60_000 },
  );
  await expect(page.getByText('100 % of bytes checked')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Damage found' })).toContainText(
    'Bytes changed in zone a, healed from another zone',
  );
  expect(readFileSync(file).equals(good)).toBe(true);
});
