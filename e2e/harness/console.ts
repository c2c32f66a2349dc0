import { type Browser, type BrowserContextOptions, expect, type Locator, type Page } from '@playwright/test';
import { installation, type SignIn, signInOf } from './installation';

/** One person's browser, signed in, and what its console complained about. */
export interface Console {
  page: Page;
  signIn: SignIn;
  /** Errors in scripts, refused by the content policy, or written to the console. */
  problems: string[];
}

interface Who {
  account: string;
  role?: SignIn['role'];
}

/** Opens a browser of its own for one person and signs in by the form. */
export async function openConsole(
  browser: Browser,
  who: Who,
  options: BrowserContextOptions = {},
): Promise<Console> {
  const context = await browser.newContext({ baseURL: installation().webUrl, ...options });
  const page = await context.newPage();
  const problems = watchProblems(page);
  const signIn = signInOf(who.account, who.role);
  await page.goto('/sign-in');
  await submitSignIn(page, signIn);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return { page, signIn, problems };
}

export async function submitSignIn(
  page: Page,
  { email, password }: Pick<SignIn, 'email' | 'password'>,
): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export function watchProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
  return problems;
}

/** Goes to a page by the side navigation. */
export async function goTo(page: Page, label: string): Promise<void> {
  // A count of what waits may follow the label.
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await link.filter({ has: page.getByText(label, { exact: true }) }).click();
  await expect(page.getByRole('heading', { level: 1, name: label })).toBeVisible();
}

export async function switchRegion(page: Page, name: string): Promise<void> {
  const item = page.getByRole('menuitemradio', { name });
  // A page that has just arrived may not listen yet.
  await expect(async () => {
    if (!(await item.isVisible())) await page.getByRole('button', { name: /^Region: / }).click();
    await item.click({ timeout: 2000 });
  }).toPass();
  await expect(page.getByRole('button', { name: `Region: ${name}` })).toBeVisible();
}

/** Chooses an option of a select by what the reader sees. */
export async function choose(within: Locator, label: string, option: string | RegExp): Promise<void> {
  await within.getByRole('combobox', { name: label }).click();
  await within.page().getByRole('option', { name: option }).click();
}

export function rowOf(page: Page, table: string, name: string): Locator {
  return page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: name });
}

/** Opens the menu of a table row or of a detail page. */
export async function openMenu(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  return page.getByRole('menu');
}

export async function pick(page: Page, name: string, action: string): Promise<void> {
  await (await openMenu(page, name)).getByRole('menuitem', { name: action }).click();
}

/** The value beside a label in a summary. */
export function factOf(within: Locator, label: string): Locator {
  return within.locator('dl > div', { has: within.page().getByText(label, { exact: true }) }).locator('dd');
}

/** Types the name into a confirmation, after seeing that nothing less opens the button. */
export async function confirmTyped(page: Page, title: string, name: string): Promise<void> {
  const dialog = page.getByRole('alertdialog', { name: title });
  const button = dialog.getByRole('button', { name: title });
  await dialog.getByRole('textbox').fill(name.slice(0, -1));
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('textbox').fill(name);
  await expect(button).not.toHaveAttribute('aria-disabled');
  await button.click();
  await expect(dialog).toBeHidden();
}

export async function expectNotice(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText(text);
}
