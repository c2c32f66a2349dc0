import { type Browser, expect } from '@playwright/test';
import { createAccount, createUser } from '@/lib/accounts';
import { type Console, submitSignIn, watchProblems } from './console';
import { asDatabaseOwner } from './database';
import { installation, type SignIn } from './installation';

/** An account that one spec has to itself, with its administrator. */
export async function makeAccount(account: string): Promise<SignIn> {
  const email = `admin@${account.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.example`;
  const password = `password of ${email}`;
  const { accountId } = await asDatabaseOwner(async (db) => {
    const made = await createAccount(db, { name: account });
    await createUser(db, {
      accountId: made.accountId,
      email,
      name: `Admin of ${account}`,
      role: 'administrator',
      password,
    });
    return made;
  });
  return { account, accountId, email, password, role: 'administrator' };
}

/** Opens a browser of its own for somebody who is no one of the demo. */
export async function openConsoleAs(browser: Browser, signIn: SignIn): Promise<Console> {
  const context = await browser.newContext({ baseURL: installation().webUrl });
  const page = await context.newPage();
  const problems = watchProblems(page);
  await page.goto('/sign-in');
  await submitSignIn(page, signIn);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return { page, signIn, problems };
}
