import { expect, test } from '@playwright/test';
import { SdkSource } from '@/client/sources/tablestore/sdk-source';
import { plainRows, sampleSchemas, writeAll } from '@/client/sources/tablestore/testing/sample-tables';
import { TablestoreDouble } from '@/client/sources/tablestore/testing/tablestore-double';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, choose, expectNotice, factOf, goTo, rowOf } from '../harness/console';
import { makeVault } from '../harness/pair';

/** A Tablestore instance from the first look at it to the report of its backup, by the clicks of a person. */
test.describe.configure({ mode: 'serial' });

let me: Console;
let double: TablestoreDouble;
let source: SdkSource;

test.beforeAll(async ({ browser }) => {
  double = await TablestoreDouble.start('shop-prod');
  source = await SdkSource.open(double.address);
  const { signal } = new AbortController();
  for (const table of ['orders', 'orders_tmp']) {
    await source.createTable(table, sampleSchemas.events!, signal);
    await writeAll(source, table, plainRows(300, BigInt(Date.now() - 86_400_000)));
  }
  me = await openConsoleAs(browser, await makeAccount('Tables Shop'));
  await makeVault(new Api(me.page), { kind: 'trial_tablestore', name: 'tables-trial', region: 'eu-west-1' });
});
test.afterAll(async () => {
  source.close();
  await double.stop();
});

test('an instance is registered once its key is right; a wrong one is refused with what to do', async () => {
  const { page } = me;
  await goTo(page, 'Data sources');
  await page.getByRole('button', { name: 'Register data source' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Register data source' });
  await choose(panel, 'Kind', 'Tablestore tables');
  await choose(panel, 'Region', 'UK (London)');
  const { endpoint, instance, accessKeyId, accessKeySecret } = double.address;
  await panel.getByRole('textbox', { name: 'Endpoint' }).fill(endpoint);
  await panel.getByRole('textbox', { name: 'Instance' }).fill(instance);
  await panel.getByRole('textbox', { name: 'Access key ID' }).fill(accessKeyId);
  await panel.getByLabel('Access key secret').fill('not this one');
  await panel.getByRole('button', { name: 'Check connection' }).click();
  await expect(panel).toContainText('Tablestore refuses the access key: Signature mismatch.', {
    timeout: 30_000,
  });
  await panel.getByLabel('Access key secret').fill(accessKeySecret);
  await panel.getByRole('button', { name: 'Check connection' }).click();
  await expect(panel).toContainText('The instance answers and has 2 tables.', { timeout: 30_000 });
  await panel.getByRole('button', { name: 'Register data source' }).click();
  await expectNotice(page, 'shop-prod is registered.');
});

test('a table is chosen from the instance, backed up into a trial, and the report counts its rows', async () => {
  const { page } = me;
  await page.reload();
  await rowOf(page, 'Data sources', 'shop-prod').getByRole('link', { name: 'shop-prod' }).first().click();
  await page.getByRole('button', { name: 'Back up' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Start backup' });
  await choose(panel, 'Vault', /tables-trial/);
  await panel.getByRole('radio', { name: /^Chosen tables/ }).click();
  await panel.getByRole('button', { name: 'Browse data source' }).click();
  await panel.getByRole('checkbox', { name: 'Back up orders', exact: true }).click({ timeout: 30_000 });
  await panel.getByRole('button', { name: 'Start backup' }).click();
  const main = page.getByRole('main');
  await expect(factOf(main, 'Status')).toHaveText('Complete', { timeout: 60_000 });
  await expect(factOf(main, 'Tables')).toHaveText('1');
  await expect(factOf(main, 'Rows')).toHaveText('300');
  expect(me.problems).toEqual([]);
});
