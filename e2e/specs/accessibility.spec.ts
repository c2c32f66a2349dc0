import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { navigation, sectionHref } from '@/components/console/navigation';
import { expectAccessible } from '../harness/accessibility';
import { Api } from '../harness/api';
import { type Console, openConsole, watchProblems } from '../harness/console';
import { accounts, installation } from '../harness/installation';

/** Every page and what opens on it, for people who do not see it, see little of it, or hold it in one hand. */

const source = { account: accounts.replicating, region: 'eu-west-1' };
const target = { account: accounts.destination, region: 'eu-central-1' };
const calm = { reducedMotion: 'reduce', colorScheme: 'light' } as const;
const pages = navigation.flatMap((group) => group.items);

test('sign-in', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: installation().webUrl, ...calm });
  const page = await context.newPage();
  const problems = watchProblems(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(page);
  expect(problems).toEqual([]);
});

for (const { account, region } of [source, target]) {
  test.describe(account, () => {
    let reader: Console;

    test.beforeAll(async ({ browser }) => {
      reader = await openConsole(browser, { account }, calm);
    });

    test.afterEach(() => {
      expect(reader.problems.splice(0)).toEqual([]);
    });

    for (const { label, section } of pages) {
      test(label, async () => {
        const { page } = reader;
        await page.goto(sectionHref(region, section));
        await expect(page.getByRole('heading', { level: 1, name: label })).toBeVisible();
        await expectAccessible(page);
      });
    }

    test('a page that does not exist', async () => {
      await reader.page.goto(`/${region}/nothing-here`);
      await expect(reader.page.getByText('This does not exist')).toBeVisible();
      await expectAccessible(reader.page);
      // The browser itself writes down the answer 404.
      expect(reader.problems.splice(0).join()).toMatch(/404/);
    });
  });
}

test.describe('details and what opens on them', () => {
  let giving: Page;
  let keeping: Page;
  let readers: Console[];

  test.beforeAll(async ({ browser }) => {
    const giver = await openConsole(browser, { account: source.account }, calm);
    const keeper = await openConsole(browser, { account: target.account }, calm);
    readers = [giver, keeper];
    [giving, keeping] = [giver.page, keeper.page];
  });

  test.afterEach(() => {
    for (const { problems } of readers) expect(problems.splice(0)).toEqual([]);
  });

  test('a source vault and its tabs', async () => {
    const { id } = await findVault(giving);
    for (const tab of ['points', 'replication', 'settings']) {
      await giving.goto(`/${source.region}/vaults/${id}?tab=${tab}`);
      await expect(giving.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(giving);
    }
  });

  test('a replication target vault and its sharing', async () => {
    const { id } = await findVault(keeping);
    await keeping.goto(`/${target.region}/vaults/${id}?tab=sharing`);
    await expect(keeping.getByRole('list', { name: /^Principals of/ })).toBeVisible();
    await expectAccessible(keeping);
  });

  test('a client and its jobs', async () => {
    const [client] = await new Api(giving).list<{ id: string }>('/clients');
    for (const tab of ['points', 'jobs']) {
      await giving.goto(`/${source.region}/clients/${client?.id}?tab=${tab}`);
      await expect(giving.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(giving);
    }
  });

  test('a backup point, its files and one of them', async () => {
    const [point] = await new Api(giving).list<{ id: string }>('/backup-points');
    await giving.goto(`/${source.region}/backup-points/${point?.id}`);
    const tree = giving.getByRole('tree', { name: 'Files of this backup point' });
    await tree.getByRole('treeitem').first().click();
    await expect(giving.getByRole('region', { name: 'Selected item' })).toBeVisible();
    await expectAccessible(giving);
  });

  test('a backup job and a restore job', async () => {
    const [job] = await new Api(giving).list<{ id: string }>('/jobs');
    await giving.goto(`/${source.region}/backup-jobs/${job?.id}`);
    await expect(giving.getByText('Nothing was left out')).toBeVisible();
    await expectAccessible(giving);

    const restored = await startRestore(giving);
    await giving.goto(`/${source.region}/restore-jobs/${restored}`);
    await expect(giving.getByText('Nothing was left out')).toBeVisible({ timeout: 60_000 });
    await expectAccessible(giving);
  });

  test('every step of the restore wizard', async () => {
    const vault = await findVault(keeping);
    await keeping.goto(`/${target.region}/restore?vault=${vault.id}`);
    const wizard = keeping.getByRole('region', { name: 'Restore' });
    const next = wizard.getByRole('button', { name: 'Next' });
    await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
    await expectAccessible(keeping);
    await next.click();
    await wizard.getByRole('radio', { name: /^Only what I choose/ }).click();
    await wizard.getByRole('treeitem').first().locator('[data-mark]').click();
    await expect(wizard.getByText(/^To restore:/)).toBeVisible();
    await expectAccessible(keeping);
    await next.click();
    await next.click();
    await expect(wizard.getByRole('alert')).toBeVisible();
    await expectAccessible(keeping);
    await wizard.getByRole('radio', { name: /^restore-host/ }).click();
    await wizard.getByRole('textbox', { name: 'Target path' }).fill('/tmp/nowhere');
    await next.click();
    await expectAccessible(keeping);
    await next.click();
    await expect(wizard.getByText(/travel to restore-host/)).toBeVisible();
    await expectAccessible(keeping);
  });

  test('panels and dialogs', async () => {
    const vault = await findVault(giving);
    const copy = await findVault(keeping);
    await openedBy(giving, `/${source.region}/clients?enrol=true`, ['Create command']);
    await openedBy(giving, `/${source.region}/vaults?create=vault`, []);
    await openedBy(giving, `/${source.region}/backup-jobs?start=true`, []);
    await openedBy(giving, `/${source.region}/keys?create=true`, []);
    await openedBy(giving, `/${source.region}/access-keys`, ['Create access key']);
    await openedBy(giving, `/${source.region}/vaults/${vault.id}`, ['Stop replication']);
    await openedBy(giving, `/${source.region}/vaults/${vault.id}?tab=settings`, ['Lock vault']);
    await openedBy(keeping, `/${target.region}/vaults?create=target`, []);
    await openedBy(keeping, `/${target.region}/vaults/${copy.id}`, ['Add to a resource share']);
  });

  test('the search, the notifications and the menus of the top bar', async () => {
    for (const name of [/^Notifications/, 'Theme', /^Region: /, /^Signed in as/]) {
      await giving.goto(`/${source.region}`);
      await giving.getByRole('button', { name }).click();
      await expectAccessible(giving);
    }
    await giving.goto(`/${source.region}`);
    await giving.keyboard.press('Control+k');
    await giving.getByRole('combobox', { name: /^Find a page/ }).fill('harbor');
    await expect(giving.getByRole('option').first()).toBeVisible();
    await expectAccessible(giving);
  });
});

/** Follows the buttons from an address to an open panel or dialog. */
async function openedBy(page: Page, address: string, buttons: string[]): Promise<void> {
  await page.goto(address);
  for (const name of buttons) await page.getByRole('button', { name, exact: true }).first().click();
  await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible();
  await expectAccessible(page);
}

async function findVault(page: Page): Promise<{ id: string }> {
  const [vault] = await new Api(page).list<{ id: string }>('/vaults');
  if (!vault) throw new Error('The demo made no vault');
  return vault;
}

async function startRestore(page: Page): Promise<string> {
  const api = new Api(page);
  const [point] = await api.list<{ id: string }>('/backup-points');
  const [client] = await api.list<{ id: string }>('/clients');
  const { id } = await api.post<{ id: string }>('/jobs/restore', {
    pointId: point?.id,
    clientId: client?.id,
    selection: { mode: 'all' },
    targetPath: join(installation().dataDir, 'restored'),
    conflictPolicy: 'overwrite',
  });
  return id;
}
