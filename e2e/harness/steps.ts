import { expect, type Locator, type Page } from '@playwright/test';
import type { Job } from '@/lib/jobs/schemas';
import { Api } from './api';
import { choose, expectNotice, factOf, goTo, rowOf } from './console';
import type { Host } from './host';
import { whileFrozen } from './while-frozen';

/** What several specs do on the way to what they are about, by the same clicks as a person. */

export async function createKey(page: Page, alias: string): Promise<void> {
  await goTo(page, 'Keys');
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Create key' });
  await panel.getByRole('textbox', { name: 'Alias' }).fill(alias);
  await panel.getByRole('button', { name: 'Create key' }).click();
  await expect(rowOf(page, 'Keys', alias)).toContainText('Enabled', { timeout: 30_000 });
}

interface NewVault {
  kind: 'vault' | 'replication target vault';
  name: string;
  /** Absent: service-managed encryption. */
  keyAlias?: string;
}

export async function createVault(page: Page, { kind, name, keyAlias }: NewVault): Promise<void> {
  const title = `Create ${kind}`;
  await goTo(page, 'Vault management');
  await page.getByRole('button', { name: title, exact: true }).first().click();
  const panel = page.getByRole('dialog', { name: title });
  await panel.getByRole('textbox', { name: 'Vault name' }).fill(name);
  if (keyAlias) {
    await panel.getByRole('radio', { name: /^KMS key/ }).click();
    await panel.getByRole('checkbox', { name: 'Choose by alias' }).click();
    await choose(panel, 'KMS key alias', keyAlias);
  }
  await panel.getByRole('button', { name: title }).click();
  await expect(rowOf(page, 'Vaults', name).first()).toContainText('Ready', { timeout: 30_000 });
}

/** Opens the vault's page by way of the list; returns its id. */
export async function openVault(page: Page, name: string): Promise<string> {
  await goTo(page, 'Vault management');
  await rowOf(page, 'Vaults', name).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

interface NewShare {
  vault: string;
  name: string;
  with: { account: string; accountId: string };
}

/** From the open page of the target vault. */
export async function shareVault(page: Page, share: NewShare): Promise<void> {
  await page.getByRole('button', { name: 'Add to a resource share' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Add resources to a resource share' });
  await panel.getByRole('radio', { name: /^Create a resource share/ }).click();
  await panel.getByRole('textbox', { name: 'Resource share name' }).fill(share.name);
  await panel.getByRole('textbox', { name: 'Account UID' }).fill(share.with.accountId);
  await panel.getByRole('button', { name: 'Add account' }).click();
  await expect(panel.getByRole('list', { name: 'Principals to add' })).toContainText(share.with.account);
  await panel.getByRole('button', { name: 'Share vault' }).click();
  await expectNotice(page, `${share.vault} is in the resource share ${share.name}`);
}

export const summaryOf = (page: Page) => page.getByRole('region', { name: 'Summary' });

/** The bar of measured progress somewhere between nothing and all, with its figures. */
export async function expectProgress(page: Page, label: string | RegExp, figures: RegExp): Promise<void> {
  const bar = page.getByRole('progressbar', { name: label });
  await expect(bar).toHaveAttribute('aria-valuetext', /^(<1|[1-9]\d?(\.\d)?) %$/);
  await expect(bar.locator('..')).toContainText(figures);
}

/** The job that was just started, seen in the middle: its client is held still for the look. */
export async function watchJob(page: Page, { kind, host }: { kind: Job['kind']; host: Host }): Promise<void> {
  const api = new Api(page);
  const isMoving = async () => {
    const [job] = await api.list<Job>(`/jobs?kind=${kind}&limit=1`);
    return job?.status === 'running' && job.progress.bytesTotal !== null && job.progress.bytesDone > 0;
  };
  await expect.poll(isMoving, { intervals: [50], message: `the ${kind} is on its way` }).toBe(true);
  await whileFrozen(host.daemonPid, () =>
    expectProgress(page, kind === 'backup' ? 'Reading and sending' : 'Fetching and writing', /of \d+ files/),
  );
}

/** Enrols a host with the command of the Clients page and starts its daemon. Returns the command's arguments. */
export async function enrol(page: Page, host: Host, name: string): Promise<string[]> {
  await goTo(page, 'Clients');
  await page.getByRole('button', { name: 'Enrol a client' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Enrol a client' });
  await panel.getByRole('button', { name: 'Create command' }).click();
  const command = await panel.getByText(/^crossvault enrol /).textContent();
  const words = (command ?? '').split(' ').slice(1);
  await host.crossvault(...words, '--name', name);
  await expect(panel.getByRole('status')).toContainText(`${name} is enrolled`);
  host.startDaemon();
  await expect(panel.getByRole('status')).toContainText(`${name} is enrolled and online`);
  await panel.getByRole('button', { name: 'Done' }).click();
  return words;
}

export async function expectJobComplete(page: Page): Promise<void> {
  await expect(factOf(page.getByRole('main'), 'Status')).toHaveText('Complete', { timeout: 120_000 });
  await expect(page.getByText('Nothing was left out')).toBeVisible();
}

/** The whole id behind one that is shown cut. */
export async function idIn(within: Locator): Promise<string> {
  const label = await within.getByRole('button', { name: /^Copy / }).getAttribute('aria-label');
  return label?.slice('Copy '.length) ?? '';
}

/** From the destination step of the wizard to the report of the job. */
export async function finishRestore(
  page: Page,
  {
    client,
    target,
    review,
    watch,
  }: { client: string; target: string; review?: () => Promise<void>; watch?: () => Promise<void> },
): Promise<void> {
  const wizard = page.getByRole('region', { name: 'Restore' });
  await wizard.getByRole('radio', { name: new RegExp(`^${client}`) }).click();
  await wizard.getByRole('textbox', { name: 'Target path' }).fill(target);
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('radio', { name: /^Keep both/ }).click();
  await wizard.getByRole('button', { name: 'Next' }).click();
  await expect(wizard.getByRole('heading', { name: 'Review' })).toBeVisible();
  await review?.();
  await wizard.getByRole('button', { name: 'Start restore' }).click();
  await watch?.();
  await expect(page.getByRole('heading', { level: 1, name: `Restore to ${target}` })).toBeVisible();
  await expectJobComplete(page);
}
