import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { navigation, sectionHref } from '@/components/console/navigation';
import { expectAccessible } from '../harness/accessibility';
import { Api } from '../harness/api';
import { type Console, openConsole, watchProblems } from '../harness/console';
import { accounts, installation } from '../harness/installation';

/** Every page and what opens on it, for people who do not see it, see little of it, or hold it in one hand. */

const source = {
  account: accounts.replicating,
  region: 'eu-west-1',
  pages: navigation.flatMap(({ items }) => items),
};
/** Those that show something else to the account that keeps copies. */
const target = {
  account: accounts.destination,
  region: 'eu-central-1',
  pages: source.pages.filter(({ section }) =>
    ['', 'vaults', 'backup-points', 'shared-by-me'].includes(section),
  ),
};
const calm = { reducedMotion: 'reduce', colorScheme: 'light' } as const;

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

for (const { account, region, pages } of [source, target]) {
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
  });
}

test('a page that does not exist', async ({ browser }) => {
  const { page } = await openConsole(browser, { account: source.account }, calm);
  await page.goto(`/${source.region}/nothing-here`);
  await expect(page.getByRole('heading', { name: 'This page does not exist' })).toBeVisible();
  await expectAccessible(page);
});

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

  test('my profile', async () => {
    await giving.goto(`/${source.region}/profile`);
    await expect(giving.getByRole('heading', { level: 1, name: 'My profile' })).toBeVisible();
    await expectAccessible(giving);
  });

  test('my credentials', async () => {
    await giving.goto(`/${source.region}/credentials`);
    await expect(giving.getByRole('heading', { level: 1, name: 'My credentials' })).toBeVisible();
    await expectAccessible(giving);
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

  test('a resource share and its tabs', async () => {
    const [share] = await new Api(keeping).list<{ id: string }>('/resource-shares');
    for (const tab of ['resources', 'principals', 'permission']) {
      await keeping.goto(`/${target.region}/shared-by-me/${share?.id}?tab=${tab}`);
      await expect(keeping.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(keeping);
    }
  });

  test('a client and its jobs', async () => {
    const [client] = await new Api(giving).list<{ id: string }>('/clients');
    for (const tab of ['points', 'jobs']) {
      await giving.goto(`/${source.region}/clients/${client?.id}?tab=${tab}`);
      await expect(giving.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(giving);
    }
  });

  test('a policy, its tabs, and every step of making and editing one', async () => {
    const { id } = await makePolicy(giving);
    for (const tab of ['rules', 'bindings', 'runs', 'preview']) {
      await giving.goto(`/${source.region}/policies/${id}?tab=${tab}`);
      await expect(giving.getByRole('tabpanel')).toBeVisible();
      await expectAccessible(giving);
    }
    for (const [address, steps] of [
      ['create', 4],
      [`${id}/edit`, 3],
    ] as const) {
      await giving.goto(`/${source.region}/policies/${address}`);
      const next = giving.getByRole('button', { name: 'Next' });
      for (let step = 0; step < steps; step++) {
        await expectAccessible(giving);
        await next.click();
      }
      await expect(giving.getByRole('heading', { name: 'Review' })).toBeVisible();
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
    const wizard = keeping.getByRole('region', { name: 'Restore' });
    await keeping.goto(`/${target.region}/restore`);
    await wizard.getByRole('radio', { name: /^Local files/ }).click();
    await expect(wizard.getByRole('region', { name: 'Prepare the destination' })).toContainText('Ready:');
    await expectAccessible(keeping);
    await keeping.goto(`/${target.region}/restore?vault=${vault.id}`);
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

  for (const { address, opener } of [
    { address: 'clients?enrol=true' },
    { address: 'vaults?create=vault' },
    { address: 'backup-jobs?start=true' },
    { address: 'keys?create=true' },
    { address: 'access-keys', opener: 'Create access key' },
    { address: 'users', opener: 'Create user' },
    { address: 'vaults/<id>', opener: 'Stop replication' },
    { address: 'vaults/<id>?tab=settings', opener: 'Lock vault' },
    { address: 'vaults/<id>?tab=storage', opener: 'Rotate key' },
  ]) {
    test(`the panel of ${opener ?? address}`, async () => {
      const { id } = await findVault(giving);
      await giving.goto(`/${source.region}/${address.replace('<id>', id)}`);
      await expectOpened(giving, opener);
    });
  }

  for (const { address, opener } of [
    { address: 'vaults?create=target' },
    { address: 'vaults/<id>', opener: 'Add to a resource share' },
  ]) {
    test(`the panel of ${opener ?? address}`, async () => {
      const { id } = await findVault(keeping);
      await keeping.goto(`/${target.region}/${address.replace('<id>', id)}`);
      await expectOpened(keeping, opener);
    });
  }

  for (const name of [/^Notifications/, 'Theme', /^Region: /, /^Signed in as/]) {
    test(`what ${name} opens`, async () => {
      await giving.goto(`/${source.region}`);
      await giving.getByRole('button', { name }).click();
      await expectAccessible(giving);
    });
  }

  test('the search', async () => {
    await giving.goto(`/${source.region}`);
    await expect(giving.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await giving.keyboard.press('Control+k');
    await giving.getByRole('combobox', { name: /^Find a page/ }).fill('harbor');
    await expect(giving.getByRole('option').first()).toBeVisible();
    await expectAccessible(giving);
  });
});

async function expectOpened(page: Page, opener?: string): Promise<void> {
  if (opener) await page.getByRole('button', { name: opener, exact: true }).first().click();
  await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toBeVisible();
  await expectAccessible(page);
}

async function findVault(page: Page): Promise<{ id: string }> {
  const [vault] = await new Api(page).list<{ id: string }>('/vaults');
  if (!vault) throw new Error('The demo made no vault');
  return vault;
}

async function makePolicy(page: Page): Promise<{ id: string }> {
  const api = new Api(page);
  const [data] = await api.list<{ id: string }>('/data-sources');
  const { id: vaultId } = await findVault(page);
  const timing = { timeZone: 'Europe/London', startAt: new Date().toISOString() };
  return api.post('/policies', {
    name: 'Accessible',
    rules: [
      {
        name: 'Nightly',
        schedule: { kind: 'cron', expression: '0 3 * * *', ...timing },
        retention: { days: 14, weeklyDays: 60, monthlyDays: 365, yearlyDays: 2555 },
      },
    ],
    bindings: [{ sourceId: data?.id, vaultId, paths: ['/srv'] }],
  });
}

async function startRestore(page: Page): Promise<string> {
  const api = new Api(page);
  const [point] = await api.list<{ id: string }>('/backup-points');
  const [client] = await api.list<{ id: string }>('/clients');
  const { id } = await api.post<{ id: string }>('/jobs/restore', {
    pointId: point?.id,
    clientId: client?.id,
    selection: { mode: 'all' },
    destination: { kind: 'host', targetPath: join(installation().dataDir, 'restored') },
    conflictPolicy: 'overwrite',
  });
  return id;
}
