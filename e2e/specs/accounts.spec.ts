import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { createAccount, createUser } from '@/lib/accounts';
import { Api } from '../harness/api';
import { expectNotice, goTo, openMenu, pick, rowOf, submitSignIn } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { Host } from '../harness/host';
import { installation, root, setAccountState } from '../harness/installation';

/** Accounts by their state, the people in them, and what the audit proves; in accounts of its own. */

const password = 'a phrase of several words';
const region = 'cn-hangzhou';
const host = new Host();
const run = promisify(execFile);

interface Party {
  accountId: string;
  email: string;
  page: Page;
  api: Api;
}
let source: Party;
let destination: Party;

async function enter(browser: Browser, email: string, word = password): Promise<Page> {
  const context = await browser.newContext({ baseURL: installation().webUrl, acceptDownloads: true });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await submitSignIn(page, { email, password: word });
  return page;
}

async function makeParty(browser: Browser, name: string): Promise<Party> {
  const { accountId } = await asDatabaseOwner((owner) => createAccount(owner, { name }));
  const email = `root@${accountId}.example`;
  await asDatabaseOwner((owner) =>
    createUser(owner, { accountId, email, name: 'Root', role: 'administrator', password }),
  );
  const page = await enter(browser, email);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return { accountId, email, page, api: new Api(page) };
}

const overview = (page: Page) => page.goto(`/${region}`);
const banner = (page: Page) => page.getByRole('region', { name: 'State of the account' });

async function untilReady(api: Api, vaultId: string): Promise<void> {
  await expect
    .poll(async () => (await api.get<{ status: string }>(`/vaults/${vaultId}`)).status, { timeout: 30_000 })
    .toBe('created');
}

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  source = await makeParty(browser, 'State source');
  destination = await makeParty(browser, 'State destination');
});
test.afterAll(() => host.dispose());

test('a user is created with a one-time password, replaces it, and sees what the role allows', async ({
  browser,
}) => {
  const { page, accountId } = source;
  await overview(page);
  await goTo(page, 'Users');
  await page.getByRole('button', { name: 'Create user' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Create user' });
  await panel.getByRole('textbox', { name: 'Name' }).fill('Olga Operator');
  const email = `olga@${accountId}.example`;
  await panel.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await panel.getByRole('button', { name: 'Create user' }).click();
  const made = page.getByRole('dialog', { name: 'User created' });
  const oneTime = (await made.getByText(/^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/).textContent()) ?? '';
  await made.getByRole('button', { name: 'I have copied the password' }).click();
  await expect(rowOf(page, 'Users', email)).toContainText('Invited');

  const theirs = await enter(browser, email, oneTime);
  await expect(theirs.getByRole('heading', { name: 'Choose your password' })).toBeVisible();
  await theirs.getByLabel('One-time password').fill(oneTime);
  await theirs.getByLabel('New password', { exact: true }).fill('short');
  await theirs.getByLabel('New password again').fill('short');
  await theirs.getByRole('button', { name: 'Change password' }).click();
  await expect(theirs.getByText('Use at least 12 characters.')).toBeVisible();
  await theirs.getByLabel('New password', { exact: true }).fill('some other words here');
  await theirs.getByLabel('New password again').fill('some other words here');
  await theirs.getByRole('button', { name: 'Change password' }).click();
  await expect(theirs.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await goTo(theirs, 'Users');
  await expect(theirs.getByText('Users are not shown')).toBeVisible();
  const create = theirs.getByRole('button', { name: 'Create user' }).first();
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await create.hover();
  await expect(theirs.getByRole('tooltip')).toContainText('Your role, operator, may not do this.');
  await theirs.context().close();
});

test('a role is changed, the last administrator stays, and a disabled user is out at once', async ({
  browser,
}) => {
  const { page, accountId } = source;
  const theirs = await enter(browser, `olga@${accountId}.example`, 'some other words here');
  await expect(theirs.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await page.reload();
  const menu = await openMenu(page, 'Root');
  await expect(menu.getByRole('menuitem', { name: /^Disable user/ })).toContainText(
    'last active administrator',
  );
  await page.keyboard.press('Escape');

  await pick(page, 'Olga Operator', 'Change role');
  const panel = page.getByRole('dialog', { name: 'Change role' });
  await panel.getByRole('radio', { name: /^Auditor/ }).click();
  await panel.getByRole('button', { name: 'Change role' }).click();
  await expectNotice(page, 'Olga Operator is auditor now.');
  await theirs.reload();
  await goTo(theirs, 'Audit');
  await expect(rowOf(theirs, 'Events', 'Changed role of user').first()).toContainText('Root');

  await pick(page, 'Olga Operator', 'Disable user');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Disable user' }).click();
  await expectNotice(page, 'Olga Operator is disabled.');
  await theirs.reload();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await theirs.context().close();
});

test('another session of one’s own is ended, and its next page asks to sign in', async ({ browser }) => {
  const { page, email } = source;
  const elsewhere = await enter(browser, email);
  await expect(elsewhere.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.goto(`/${region}/profile`);
  await expect(page.getByRole('table', { name: 'My sessions' }).getByText('This one')).toBeVisible();
  await page.getByRole('button', { name: 'End other sessions' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'End other sessions' }).click();
  await expectNotice(page, /other sessions? (has|have) ended/);
  await elsewhere.reload();
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await elsewhere.context().close();
});

test('a replication into an overdue account waits, and goes on when it is active again', async () => {
  test.setTimeout(120_000);
  const { api } = source;
  const groups = async (of: Api) => (await of.list<{ id: string }>('/resource-groups'))[0]?.id;
  const make = async (of: Api, kind: string, name: string) => {
    const resourceGroupId = await groups(of);
    const body = { kind, name, region, encryption: 'service', resourceGroupId };
    const { id } = await of.post<{ id: string }>('/vaults', body);
    await untilReady(of, id);
    return id;
  };
  const from = await make(api, 'standard', 'state-files');
  const to = await make(destination.api, 'replication_target', 'state-copy');
  await destination.api.post('/resource-shares', {
    mode: 'new',
    vaultId: to,
    name: 'state-share',
    principals: [{ type: 'account', id: source.accountId }],
  });
  const [invitation] = await api.list<{ id: string }>('/invitations');
  await api.post(`/invitations/${invitation?.id}/accept`);
  const { command } = await api.post<{ command: string }>('/enrolment-tokens', {
    region,
    placement: 'server',
  });
  await host.crossvault(...command.split(' ').slice(1), '--name', 'state-host');
  writeFileSync(join(host.data, 'ledger.txt'), 'one line that must not be lost\n'.repeat(2000));
  await host.crossvault('backup', host.data, '--vault', from);

  const { id } = await api.post<{ id: string }>('/replications', { sourceVaultId: from, targetVaultId: to });
  const copies = async () => (await destination.api.list('/backup-points')).length;
  await expect.poll(copies, { timeout: 60_000 }).toBe(1);

  await setAccountState(destination.accountId, 'overdue', 'invoice 7 is open');
  writeFileSync(join(host.data, 'late.txt'), 'after the invoice\n'.repeat(500));
  await host.crossvault('backup', host.data, '--vault', from);
  const stateOf = () =>
    api.get<{ waitingReason: string | null; lag: { points: number } }>(`/replications/${id}`);
  await expect
    .poll(async () => (await stateOf()).waitingReason, { timeout: 30_000 })
    .toBe('target_account_overdue');

  const { page } = destination;
  await page.goto(`/${region}/vaults`);
  await expect(banner(page)).toContainText('This account is overdue');
  await expect(banner(page)).toContainText('Nothing is deleted because of it.');
  const create = page.getByRole('button', { name: 'Create vault', exact: true });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await create.hover();
  await expect(page.getByRole('tooltip')).toContainText('The account is overdue');
  await page.goto(`/${region}/vaults/${to}`);
  await expect(page.getByText(/destination account is overdue/).first()).toBeVisible();

  await setAccountState(destination.accountId, 'active', 'invoice 7 is paid');
  await expect.poll(copies, { timeout: 60_000 }).toBe(2);
  await page.reload();
  await expect(banner(page)).toBeHidden();
});

test('a suspended and a closed source leave the target listed and restorable', async () => {
  test.setTimeout(120_000);
  const points = () => destination.api.list<{ id: string }>('/backup-points');
  for (const state of ['suspended', 'closed']) {
    expect(await setAccountState(source.accountId, state, 'contract ended')).toContain(`is ${state} now`);
    expect(await points()).toHaveLength(2);
    const [point] = await points();
    const entries = await destination.api.get<{ entries: unknown[] }>(`/backup-points/${point?.id}/entries`);
    expect(entries.entries.length).toBeGreaterThan(0);
  }
  await source.page.reload();
  await expect(source.page).toHaveURL(/\/sign-in/);
  await expect(host.crossvault('backup', host.data, '--vault', 'state-files')).rejects.toThrow();

  const keeper = new Host();
  try {
    const { command } = await destination.api.post<{ command: string }>('/enrolment-tokens', {
      region,
      placement: 'server',
    });
    await keeper.crossvault(...command.split(' ').slice(1), '--name', 'keeper');
    keeper.startDaemon();
    const [client] = await destination.api.list<{ id: string }>('/clients');
    const [point] = await points();
    const to = join(keeper.folder, 'restored');
    const { id } = await destination.api.post<{ id: string }>('/jobs/restore', {
      pointId: point?.id,
      clientId: client?.id,
      selection: { mode: 'all' },
      destination: { kind: 'host', targetPath: to },
      conflictPolicy: 'overwrite',
    });
    await expect
      .poll(async () => (await destination.api.get<{ status: string }>(`/jobs/${id}`)).status, {
        timeout: 60_000,
      })
      .toBe('complete');
  } finally {
    await keeper.dispose();
  }
});

test('a downloaded audit is verified offline, and a changed row is found', async () => {
  const { page } = destination;
  await page.goto(`/${region}/audit`);
  await page.getByRole('button', { name: 'Check rows' }).click();
  await expect(page.getByText(/^All \d+ rows hold what they were written with\.$/)).toBeVisible();
  const save = async (name: string, file: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name, exact: true }).click(),
    ]);
    await download.saveAs(file);
    return file;
  };
  const file = await save('Signed export', join(host.folder, 'audit.jsonl'));
  const key = await save('Public key', join(host.folder, 'audit-key.pem'));
  const verify = (path: string) =>
    run(process.execPath, [join(root, 'dist/crossvault.js'), 'audit', 'verify', path, '--key', key]);
  expect((await verify(file)).stdout).toContain(`The audit of account ${destination.accountId} is sound`);

  const changed = join(host.folder, 'changed.jsonl');
  writeFileSync(changed, readFileSync(file, 'utf8').replace('"name": "Root"', '"name": "Nobody"'));
  await expect(verify(changed)).rejects.toMatchObject({
    stderr: expect.stringMatching(/Row \d+ was changed/),
  });
});
