import { expect, test } from '@playwright/test';
import { notifications } from '@/db/schema';
import { type Console, goTo, openConsole, pick, rowOf } from '../harness/console';
import { asDatabaseOwner } from '../harness/database';
import { accounts, installation } from '../harness/installation';
import { mailsTo } from '../harness/mail-server';

/** Alerts reach people who are not looking at the console. */

test.describe.configure({ mode: 'serial' });
const address = 'night-shift@harbor.example';
let admin: Console;

test.beforeAll(async ({ browser }) => {
  admin = await openConsole(browser, { account: accounts.replicating });
  await goTo(admin.page, 'Alerts');
});

test.afterEach(() => {
  expect(admin.problems.splice(0)).toEqual([]);
});

test('a mailbox is confirmed by the code that was sent there', async () => {
  const { page } = admin;
  await page.getByRole('button', { name: 'Add contact' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Add contact' });
  await panel.getByLabel('Name').fill('Night shift');
  await panel.getByLabel('E-mail address').fill('not an address');
  await panel.getByRole('button', { name: 'Add contact' }).click();
  await expect(panel.getByText('Enter an e-mail address.')).toBeVisible();
  await panel.getByLabel('E-mail address').fill(address);
  await panel.getByRole('button', { name: 'Add contact' }).click();
  const confirm = page.getByRole('dialog', { name: 'Confirm e-mail address' });
  await expect.poll(() => mailsTo(address).length).toBe(1);
  const code = /\b\d{6}\b/.exec(mailsTo(address)[0]!.text)![0];
  await confirm.getByLabel('Code').fill(code === '000000' ? '000001' : '000000');
  await confirm.getByRole('button', { name: 'Confirm address' }).click();
  await expect(confirm.getByText('Another code than the one that was sent.')).toBeVisible();
  await confirm.getByLabel('Code').fill(code);
  await confirm.getByRole('button', { name: 'Confirm address' }).click();
  await expect(rowOf(page, 'Contacts', 'Night shift')).toContainText('Confirmed');
});

test('what happens in the account arrives there, and the record says so', async () => {
  const { page } = admin;
  await asDatabaseOwner((db) =>
    db.insert(notifications).values({
      accountId: admin.signIn.accountId,
      id: 'n-alarm',
      kind: 'job.failed',
      severity: 'error',
      title: 'Backup of /srv failed',
      body: 'The host cannot be reached.',
      href: '/eu-west-1/backup-jobs',
    }),
  );
  await expect.poll(() => mailsTo(address).length).toBe(2);
  expect(mailsTo(address)[1]?.text).toContain('Subject: Error: Backup of /srv failed');
  expect(mailsTo(address)[1]?.text).toContain(`${installation().webUrl}/eu-west-1/backup-jobs`);
  await pick(page, 'Night shift', 'Edit contact');
  const edit = page.getByRole('dialog', { name: 'Edit contact' });
  await edit.getByLabel('Sharing and directory').uncheck();
  await edit.getByRole('button', { name: 'Save contact' }).click();
  await expect(rowOf(page, 'Contacts', 'Night shift')).not.toContainText('All topics');
  await pick(page, 'Night shift', 'Send test');
  await expect(page.getByText('A message was sent here less than a minute ago.')).toBeVisible();
  await page.getByRole('tab', { name: 'What was sent' }).click();
  await expect(rowOf(page, 'What was sent', 'Confirm that alerts may be sent here')).toContainText(
    'Delivered',
  );
});

test('a webhook into the private network is refused in words, and the form keeps what was typed', async () => {
  const { page } = admin;
  await page.getByRole('tab', { name: 'Contacts' }).click();
  await page.getByRole('button', { name: 'Add contact' }).first().click();
  const panel = page.getByRole('dialog', { name: 'Add contact' });
  await panel.getByText('Webhook', { exact: true }).click();
  await panel.getByLabel('Name').fill('Pager');
  await panel.getByLabel('Address').fill('https://127.0.0.1/hook');
  await panel.getByRole('button', { name: 'Add contact' }).click();
  await expect(panel.getByText(/lies on this machine or in a private network/)).toBeVisible();
  await expect(panel.getByLabel('Name')).toHaveValue('Pager');
});
