import { type Browser, expect, type Page, test } from '@playwright/test';
import { and, eq, sql } from 'drizzle-orm';
import { invitations } from '@/db/schema';
import { createAccount, createUser } from '@/lib/accounts';
import { Api } from '../harness/api';
import { choose, expectNotice, goTo, openMenu, rowOf, submitSignIn, switchRegion } from '../harness/console';
import { asDatabaseOwner, wakeTicker } from '../harness/database';
import { installation } from '../harness/installation';
import { createVault, openVault } from '../harness/steps';

/**
 * Accounts of one organisation: a directory with folders, shares that reach its members without invitations, those that
 * come later, and what happens to a running replication when one is taken out.
 */

const region = 'Singapore';
const targetVault = 'units-copy';
const sourceVault = 'shop-files';

interface Person {
  account: string;
  accountId: string;
  page: Page;
}

async function open(browser: Browser, credentials: { email: string; password: string }): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: installation().webUrl })).newPage();
  await page.goto('/sign-in');
  await submitSignIn(page, credentials);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return page;
}

/** An account of this spec's own with its administrator, signed in. */
async function makePerson(browser: Browser, account: string): Promise<Person> {
  const password = 'correct horse battery staple';
  const { accountId } = await asDatabaseOwner((db) => createAccount(db, { name: account }));
  const email = `admin@${accountId}.example`;
  await asDatabaseOwner((db) =>
    createUser(db, { accountId, email, name: 'Administrator', role: 'administrator', password }),
  );
  return { account, accountId, page: await open(browser, { email, password }) };
}

test.describe('a resource directory', () => {
  test.describe.configure({ mode: 'serial' });
  let holding: Person;
  let shop: Person;

  test.beforeAll(async ({ browser }) => {
    holding = await makePerson(browser, 'Spec Holding');
    shop = await makePerson(browser, 'Spec Shop');
  });

  test('without one, what belongs to it is greyed out with the reason and the way out', async () => {
    const { page } = holding;
    await switchRegion(page, region);
    await createVault(page, { kind: 'replication target vault', name: targetVault });
    await openVault(page, targetVault);
    await page.getByRole('button', { name: 'Add to a resource share' }).first().click();
    const panel = page.getByRole('dialog', { name: 'Add resources to a resource share' });
    const why = 'This account is in no resource directory. Enable one under Resource directory';
    for (const name of [
      /^Share resources only within the resource directory/,
      /^Add from resource directory/,
    ]) {
      const choice = panel.getByRole('radio', { name });
      await expect(choice).toBeDisabled();
      await expect(choice).toHaveAccessibleDescription(new RegExp(why));
    }
    await panel.getByRole('combobox', { name: 'Principal type' }).click();
    await expect(page.getByRole('option', { name: /^Folder/ })).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('option', { name: 'Account' }).click();
    await panel.getByRole('link', { name: 'Open resource directory' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Resource directory' })).toBeVisible();
  });

  test('is enabled, gets folders and invites an account, which joins', async () => {
    const { page } = holding;
    await page.getByRole('button', { name: 'Enable resource directory' }).click();
    await expectNotice(page, 'The resource directory is enabled');
    await page.getByRole('button', { name: 'Enable sharing' }).click();
    await expectNotice(page, 'Sharing with the resource directory is enabled');
    await page.getByRole('button', { name: 'Create folder' }).click();
    const folder = page.getByRole('dialog', { name: 'Create folder' });
    await folder.getByRole('textbox', { name: 'Folder name' }).fill('Units');
    await folder.getByRole('button', { name: 'Create folder' }).click();
    await expectNotice(page, 'The folder Units is created');

    const menu = await openMenu(page, 'Units');
    await menu.getByRole('menuitem', { name: 'Invite account' }).click();
    const invite = page.getByRole('dialog', { name: 'Invite account' });
    await invite.getByRole('textbox', { name: 'Account UID' }).fill('1000000000000000');
    await invite.getByRole('button', { name: 'Invite account' }).click();
    await expect(invite).toContainText('No account has this UID');
    await invite.getByRole('textbox', { name: 'Account UID' }).fill(shop.accountId);
    await invite.getByRole('button', { name: 'Invite account' }).click();
    await expectNotice(page, `${shop.account} is invited to the resource directory`);

    await goTo(shop.page, 'Resource directory');
    await shop.page.getByRole('button', { name: 'Accept invitation' }).click();
    const join = shop.page.getByRole('alertdialog', { name: 'Join resource directory' });
    await expect(join).toContainText('Reach this account without an invitation');
    await join.getByRole('button', { name: 'Join resource directory' }).click();
    await expectNotice(shop.page, `This account has joined the resource directory of ${holding.account}`);
    const tree = shop.page.getByRole('list', { name: 'Resource directory' });
    await expect(tree).toContainText(holding.account);
    await expect(tree).toContainText('Units');
    await expect(shop.page.getByRole('button', { name: 'Create folder' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  test('a vault shared with a folder can be chosen by its members without an invitation', async () => {
    const { page } = holding;
    await openVault(page, targetVault);
    await page.getByRole('button', { name: 'Add to a resource share' }).first().click();
    const panel = page.getByRole('dialog', { name: 'Add resources to a resource share' });
    await panel.getByRole('textbox', { name: 'Resource share name' }).fill('for-units');
    await panel.getByRole('radio', { name: /^Share resources only within the resource directory/ }).click();
    await panel.getByRole('radio', { name: /^Add from resource directory/ }).click();
    await panel.getByRole('checkbox', { name: 'Folder Units' }).click();
    await expect(panel.getByRole('list', { name: 'Principals to add' })).toContainText('Units');
    await expect(panel).toContainText('AliyunRSDefaultPermissionHBRVault');
    await panel.getByRole('textbox', { name: 'Stored in the source, GiB' }).fill('100');
    await expect(panel).toContainText(/Storage, 30 days at this size.*\d+\.\d\d/);
    await panel.getByRole('button', { name: 'Share vault' }).click();
    await expectNotice(page, `${targetVault} is in the resource share for-units`);

    await goTo(shop.page, 'Shared with me');
    await shop.page.getByRole('tab', { name: /^Resource shares/ }).click();
    await expect(rowOf(shop.page, 'Resource shares', 'for-units')).toContainText(targetVault);
    expect(await new Api(shop.page).list('/invitations')).toEqual([]);
    const menu = await openMenu(shop.page, 'for-units');
    await expect(menu.getByRole('menuitem', { name: 'Leave resource share' })).toContainText(
      'inside the resource directory',
    );
    await shop.page.keyboard.press('Escape');

    await switchRegion(shop.page, region);
    await createVault(shop.page, { kind: 'vault', name: sourceVault });
    await startReplication(shop.page);
  });

  test('reaches an account that is created later, whose password is shown once', async ({ browser }) => {
    const { page } = holding;
    await goTo(page, 'Resource directory');
    await page.getByRole('button', { name: 'Create account' }).click();
    const panel = page.getByRole('dialog', { name: 'Create account' });
    await panel.getByRole('textbox', { name: 'Account name' }).fill('Spec Newcomer');
    await choose(panel, 'Joins the folder', 'Root / Units');
    await panel.getByRole('textbox', { name: 'Name', exact: true }).fill('First Person');
    const email = `first@${holding.accountId}.example`;
    await panel.getByRole('textbox', { name: 'E-mail' }).fill(email);
    await panel.getByRole('button', { name: 'Create account' }).click();
    const made = page.getByRole('dialog', { name: 'Account created' });
    await expect(made).toContainText('It is shown only here');
    const password = (await made.locator('pre').textContent()) ?? '';
    await made.getByRole('button', { name: 'I have copied the password' }).click();

    const newcomer = await open(browser, { email, password });
    await goTo(newcomer, 'Shared with me');
    await newcomer.getByRole('tab', { name: /^Resource shares/ }).click();
    await expect(rowOf(newcomer, 'Resource shares', 'for-units')).toContainText(targetVault);
  });

  test('removing a member tells which replication pauses, and pauses it', async () => {
    const { page } = holding;
    await goTo(page, 'Resource directory');
    const menu = await openMenu(page, shop.account);
    await menu.getByRole('menuitem', { name: 'Remove from directory' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Remove member' });
    await expect(dialog.getByRole('list', { name: 'Replications that will stand still' })).toHaveText(
      `${sourceVault} of ${shop.account} to ${targetVault} of ${holding.account}`,
    );
    const confirm = dialog.getByRole('button', { name: 'Remove member' });
    await expect(confirm).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByRole('textbox').fill(shop.account);
    await confirm.click();
    await expectNotice(page, `${shop.account} is removed from the resource directory`);

    const api = new Api(shop.page);
    await expect
      .poll(
        async () => (await api.list<{ waitingReason: string | null }>('/replications'))[0]?.waitingReason,
        {
          timeout: 30_000,
        },
      )
      .toBe('access_revoked');
    await goTo(shop.page, 'Resource directory');
    await expect(shop.page.getByText('This account is in no resource directory')).toBeVisible();
  });
});

async function startReplication(page: Page): Promise<void> {
  await openVault(page, sourceVault);
  await page.getByRole('button', { name: 'Configure replication' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Configure vault replication' });
  await panel.getByRole('radio', { name: new RegExp(`^${targetVault}`) }).click();
  await expect(panel).toContainText('Estimate for Spec Holding');
  await panel.getByRole('button', { name: 'Start replication' }).click();
  await expectNotice(page, `${sourceVault} now replicates to ${targetVault}`);
}

test.describe('an account outside the directory', () => {
  test.describe.configure({ mode: 'serial' });
  let sharer: Person;
  let partner: Person;

  test.beforeAll(async ({ browser }) => {
    sharer = await makePerson(browser, 'Spec Sharer');
    partner = await makePerson(browser, 'Spec Partner');
    await switchRegion(sharer.page, region);
    await createVault(sharer.page, { kind: 'replication target vault', name: 'partner-copy' });
  });

  test('rejects an invitation, is invited again, and an unanswered one expires by itself', async () => {
    const { page } = sharer;
    await openVault(page, 'partner-copy');
    await page.getByRole('button', { name: 'Add to a resource share' }).first().click();
    const panel = page.getByRole('dialog', { name: 'Add resources to a resource share' });
    await panel.getByRole('textbox', { name: 'Resource share name' }).fill('with spaces');
    await panel.getByRole('textbox', { name: 'Account UID' }).fill(partner.accountId);
    await panel.getByRole('button', { name: 'Add account' }).click();
    await expect(panel.getByRole('list', { name: 'Principals to add' })).toContainText(partner.account);
    await panel.getByRole('button', { name: 'Share vault' }).click();
    await expect(panel).toContainText('Use 1 to 50 letters, digits, dots, hyphens or underscores.');
    await panel.getByRole('textbox', { name: 'Resource share name' }).fill('for-partner');
    await panel.getByRole('button', { name: 'Share vault' }).click();
    await expectNotice(page, 'partner-copy is in the resource share for-partner');

    await goTo(partner.page, 'Shared with me');
    await partner.page.getByRole('button', { name: 'Reject for-partner' }).click();
    await partner.page
      .getByRole('alertdialog', { name: 'Reject resource share' })
      .getByRole('button', { name: 'Reject resource share' })
      .click();
    await expectNotice(partner.page, 'The resource share for-partner is rejected');

    await goTo(page, 'Shared by me');
    await rowOf(page, 'Resource shares', 'for-partner').getByRole('link', { name: 'for-partner' }).click();
    await page.getByRole('tab', { name: /^Principals/ }).click();
    const principals = page.getByRole('list', { name: 'Principals of for-partner' });
    await expect(principals).toContainText('Rejected');
    await expect(principals).toContainText('External');
    await principals.getByRole('button', { name: `Invite ${partner.account} again` }).click();
    await expectNotice(page, `${partner.account} is invited to for-partner again`);

    await letExpire('for-partner', partner.accountId);
    await wakeTicker(sharer.accountId);
    await expect
      .poll(
        async () =>
          (await new Api(partner.page).get<{ items: { kind: string }[] }>('/notifications')).items[0]?.kind,
        {
          timeout: 30_000,
        },
      )
      .toBe('share.expired');
    await page.reload();
    await expect(principals).toContainText('Expired');
  });

  test('leaves a share that it accepted, and its owner is told', async () => {
    const { page } = sharer;
    await page.getByRole('button', { name: `Invite ${partner.account} again` }).click();
    await partner.page.reload();
    await partner.page.getByRole('tab', { name: /^Pending/ }).click();
    await partner.page.getByRole('button', { name: 'Accept for-partner' }).click();
    const accept = partner.page.getByRole('dialog', { name: 'Accept resource share' });
    await accept.getByRole('button', { name: 'Accept resource share' }).click();
    await expectNotice(partner.page, 'The resource share for-partner is accepted');
    await partner.page.getByRole('tab', { name: /^Resource shares/ }).click();
    const menu = await openMenu(partner.page, 'for-partner');
    await menu.getByRole('menuitem', { name: 'Leave resource share' }).click();
    const leave = partner.page.getByRole('alertdialog', { name: 'Leave resource share' });
    await expect(leave).toContainText('None stands still');
    await leave.getByRole('textbox').fill('for-partner');
    await leave.getByRole('button', { name: 'Leave resource share' }).click();
    await expectNotice(partner.page, 'This account has left the resource share for-partner');
    await page.reload();
    await expect(page.getByRole('list', { name: 'Principals of for-partner' })).toContainText(
      'Disassociated',
    );
  });
});

/** The database lets nobody move the date of an invitation; its triggers have to look away. */
async function letExpire(shareName: string, recipientAccountId: string): Promise<void> {
  const changed = await asDatabaseOwner((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      return tx
        .update(invitations)
        .set({ expiresAt: new Date(Date.now() - 60_000) })
        .where(
          and(
            eq(invitations.shareName, shareName),
            eq(invitations.recipientAccountId, recipientAccountId),
            eq(invitations.status, 'pending'),
          ),
        )
        .returning();
    }),
  );
  expect(changed).toHaveLength(1);
}
