import { expect, type Page, test } from '@playwright/test';
import { and, eq, sql } from 'drizzle-orm';
import { invitations } from '@/db/schema';
import {
  type Console,
  expectNotice,
  goTo,
  openConsole,
  openMenu,
  rowOf,
  submitSignIn,
  switchRegion,
} from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { accounts, installation, signInOf } from '../harness/installation';
import { createVault, openVault, shareVault } from '../harness/steps';

/** What is not allowed is said in words, in place, and nothing is lost by asking. */

test.describe('sign-in', () => {
  const submitWrong = async (page: Page, email: string) => {
    const answered = page.waitForResponse((response) => response.url().includes('/callback/credentials'));
    await submitSignIn(page, { email, password: 'not the password' });
    await answered;
    await expect(page.getByRole('button', { name: 'Sign in' })).not.toHaveAttribute('aria-busy');
    return page.getByRole('alert').filter({ hasText: /\S/ });
  };

  test('a wrong password and an unknown e-mail get the same answer, and the form keeps what was typed', async ({
    page,
  }) => {
    await page.goto(`${installation().webUrl}/sign-in`);
    const { email } = signInOf(accounts.source, 'operator');
    for (const tried of [email, 'nobody@nowhere.example']) {
      await expect(await submitWrong(page, tried)).toHaveText('The e-mail or the password is wrong.');
      await expect(page.getByLabel('E-mail')).toHaveValue(tried);
    }
    await submitSignIn(page, signInOf(accounts.source, 'operator'));
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  });

  test('guessing is slowed down and says for how long', async ({ page }) => {
    await page.goto(`${installation().webUrl}/sign-in`);
    // Each failure beyond the fourth doubles the wait, so that a slow machine meets it too.
    await expect(async () => {
      const alert = await submitWrong(page, 'guessed@nowhere.example');
      expect(await alert.textContent()).toMatch(/^Too many attempts\. Try again in \d+ seconds?\.$/);
    }).toPass({ intervals: [0], timeout: 60_000 });
  });
});

test.describe('invitations', () => {
  test.describe.configure({ mode: 'serial' });
  const target = 'refused-copy';
  const region = 'US (Virginia)';
  let owner: Console;
  let invited: Console;

  test.beforeAll(async ({ browser }) => {
    owner = await openConsole(browser, { account: accounts.destination });
    invited = await openConsole(browser, { account: accounts.replicating });
    await switchRegion(owner.page, region);
    await createVault(owner.page, { kind: 'replication target vault', name: target });
  });

  test('a rejected invitation is seen as such by both accounts', async () => {
    await openVault(owner.page, target);
    await shareVault(owner.page, { vault: target, name: 'to-be-rejected', with: invited.signIn });

    const { page } = invited;
    await goTo(page, 'Shared with me');
    await page.getByRole('button', { name: 'Reject to-be-rejected' }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Reject resource share' });
    await dialog.getByRole('button', { name: 'Reject resource share' }).click();
    await expectNotice(page, 'The resource share to-be-rejected is rejected');
    await page.getByRole('tab', { name: 'Rejected' }).click();
    await expect(rowOf(page, 'Rejected invitations', 'to-be-rejected')).toContainText(accounts.destination);

    await openVault(owner.page, target);
    await owner.page.getByRole('tab', { name: 'Sharing' }).click();
    const principals = owner.page.getByRole('list', { name: 'Principals of to-be-rejected' });
    await expect(principals).toContainText('Rejected');
    await expect(
      principals.getByRole('button', { name: `Invite ${accounts.replicating} again` }),
    ).toBeVisible();
  });

  test('an invitation that ran out cannot be accepted any more', async () => {
    await openVault(owner.page, target);
    await shareVault(owner.page, { vault: target, name: 'left-too-long', with: invited.signIn });

    const { page } = invited;
    await page.reload();
    await goTo(page, 'Shared with me');
    await expect(rowOf(page, 'Pending invitations', 'left-too-long')).toContainText(/Expires in [67] days/);
    await page.getByRole('button', { name: 'Accept left-too-long' }).click();
    const dialog = page.getByRole('dialog', { name: 'Accept resource share' });
    await expect(dialog).toBeVisible();
    await letInvitationExpire('left-too-long', invited.signIn.accountId);
    await dialog.getByRole('button', { name: 'Accept resource share' }).click();
    await expect(dialog.getByRole('alert')).toHaveText(
      'This invitation expired after 7 days. Ask its owner for a new one.',
    );
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.reload();
    await page.getByRole('tab', { name: 'Expired' }).click();
    await expect(rowOf(page, 'Expired invitations', 'left-too-long')).toContainText('Expired');
    await expect(page.getByRole('button', { name: 'Accept left-too-long' })).toBeHidden();
  });
});

/** The database lets nobody move the date of an invitation; its triggers have to look away. */
async function letInvitationExpire(shareName: string, recipientAccountId: string): Promise<void> {
  const changed = await asDatabaseOwner((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      return tx
        .update(invitations)
        .set({ expiresAt: new Date(Date.now() - 60_000) })
        .where(
          and(eq(invitations.shareName, shareName), eq(invitations.recipientAccountId, recipientAccountId)),
        )
        .returning();
    }),
  );
  expect(changed).toHaveLength(1);
}

test('an auditor sees every action with the reason why it is not theirs', async ({ browser }) => {
  const { page } = await openConsole(browser, { account: accounts.source, role: 'auditor' });
  const reason = 'Your role, auditor, may not do this.';
  await switchRegion(page, 'China (Hangzhou)');
  await goTo(page, 'Vault management');
  const create = page.getByRole('button', { name: 'Create vault', exact: true });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await create.hover();
  await expect(page.getByRole('tooltip')).toContainText(reason);
  await create.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();

  const menu = await openMenu(page, 'retail-files');
  for (const action of ['Configure replication', 'Edit', 'Lock', 'Delete']) {
    const item = menu.getByRole('menuitem', { name: action });
    await expect(item).toHaveAttribute('aria-disabled', 'true');
    await expect(item).toContainText(reason);
  }
});

test('a vault that takes part in a replication is not deleted, and its page says what to do first', async ({
  browser,
}) => {
  const { page } = await openConsole(browser, { account: accounts.replicating });
  await switchRegion(page, 'UK (London)');
  await openVault(page, 'depot-records');
  await page.getByRole('tab', { name: 'Settings' }).click();
  await expect(page.getByRole('button', { name: 'Delete vault' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('tabpanel')).toContainText(
    'Not possible now: This vault takes part in a replication. Stop the replication first.',
  );
});

test('a stranger’s vault and a vault that never was get the same answer', async ({ browser }) => {
  const owner = await openConsole(browser, { account: accounts.replicating });
  await switchRegion(owner.page, 'UK (London)');
  const vaultId = await openVault(owner.page, 'depot-records');

  const { page } = await openConsole(browser, { account: accounts.source });
  for (const id of [vaultId, `${vaultId.slice(0, -4)}0000`]) {
    await page.goto(`/eu-west-1/vaults/${id}`);
    await expect(page.getByRole('main')).toContainText('This vault does not exist');
    await expect(page.getByRole('main')).toContainText('It was deleted, or it belongs to another account.');
  }
});

test('a form that is refused keeps what was entered and says what is wrong', async ({ browser }) => {
  const { page } = await openConsole(browser, { account: accounts.source });
  await switchRegion(page, 'China (Hangzhou)');
  await goTo(page, 'Vault management');
  await page.getByRole('button', { name: 'Create vault', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Create vault' });
  const name = panel.getByRole('textbox', { name: 'Vault name' });
  await name.fill('retail-files');
  await panel.getByRole('textbox', { name: 'Description' }).fill('A second one of this name.');
  await panel.getByRole('button', { name: 'Create vault' }).click();

  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toHaveAccessibleDescription(/name/i);
  await expect(name).toHaveValue('retail-files');
  await expect(panel.getByRole('textbox', { name: 'Description' })).toHaveValue('A second one of this name.');

  await name.fill('retail-files-2');
  await panel.getByRole('button', { name: 'Create vault' }).click();
  await expect(panel).toBeHidden();
  await expectNotice(page, 'Vault retail-files-2 is ready');
});
