import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { alertContacts, alertDeliveries, notifications } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { ManualClock } from '@/lib/clock';
import { notify } from '@/lib/notifications';
import { describeWriteVerb } from '@/lib/testing/verb-suite';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { sendDueAlerts } from './alert-duty';
import {
  createAlertContact,
  deleteAlertContact,
  listAlertContacts,
  listAlertDeliveries,
  testAlertContact,
  updateAlertContact,
  verifyAlertContact,
} from './index';
import type { Sender } from './message';
import { codeGuesses } from './rules';
import { sign } from './send-webhook';
import { startMailServer, startReceiver } from './test-receivers';

const database = await testDatabase();
const { owner, app, engine } = database;
const mail = await startMailServer();
const sender: Sender = {
  publicUrl: 'https://backup.example.org',
  smtpUrl: mail.url,
  mailFrom: 'Crossvault <backup@example.org>',
  allowsPrivateEndpoints: true,
};

beforeAll(() => {
  process.env.CROSSVAULT_SMTP_URL = mail.url;
  process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS = 'true';
});
afterAll(() => {
  delete process.env.CROSSVAULT_SMTP_URL;
  delete process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS;
});

const topics = ['backups', 'keys'] as ('backups' | 'keys')[];
const webhook = { kind: 'webhook', name: 'pager', address: 'https://hooks.example.com/a', topics } as const;
const admin = (account: TestAccount) => account.as('administrator');
const send = (account: TestAccount, given: Partial<Sender> = {}) =>
  sendDueAlerts({ db: engine }, account.id, { ...sender, ...given });
const contactOf = async (id: string) =>
  (await owner.select().from(alertContacts).where(eq(alertContacts.id, id)))[0];
const deliveriesTo = (id: string) =>
  owner.select().from(alertDeliveries).where(eq(alertDeliveries.contactId, id));

async function makeContact(account: TestAccount, address: string = webhook.address) {
  const { contact } = await createAlertContact(admin(account), { ...webhook, address });
  return contact;
}

/** A webhook that has answered its check. */
async function makeProved(account: TestAccount, answers?: number[]) {
  const receiver = await startReceiver(answers);
  const { contact, signingSecret } = await createAlertContact(admin(account), {
    ...webhook,
    address: receiver.url,
  });
  await send(account);
  receiver.received.length = 0;
  return { ...receiver, contact, secret: signingSecret! };
}

const alarm = (account: TestAccount, given = {}) =>
  inAccount(app, account.id, (tx) =>
    notify(tx, account.id, {
      kind: 'job.failed',
      severity: 'error',
      title: 'Backup of /srv failed',
      body: 'The host cannot be reached.',
      href: '/cn-hangzhou/backup-jobs/j-1',
      ...given,
    }),
  );

describeWriteVerb(database, {
  verb: createAlertContact,
  arrange: async () => webhook,
  check: async ({ out }) =>
    expect(await contactOf(out.contact.id)).toMatchObject({ name: 'pager', verifiedAt: null }),
  missing: null,
  other: (input) => ({ ...input, name: 'another' }),
  audit: { resourceKind: 'alert_contact', resourceId: (out) => out.contact.id },
  isAnswerSecret: true,
});

describeWriteVerb(database, {
  verb: updateAlertContact,
  arrange: async (account) => ({ id: (await makeArranged(account)).id, leastSeverity: 'error' as const }),
  check: async ({ input }) => expect(await contactOf(input.id)).toMatchObject({ leastSeverity: 'error' }),
  missing: (input) => ({ ...input, id: 'ac-none' }),
  audit: { resourceKind: 'alert_contact', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: deleteAlertContact,
  arrange: async (account) => ({ id: (await makeArranged(account)).id }),
  check: async ({ input }) => expect(await contactOf(input.id)).toBeUndefined(),
  missing: () => ({ id: 'ac-none' }),
  audit: { resourceKind: 'alert_contact', resourceId: (_, input) => input.id },
});

describeWriteVerb(database, {
  verb: testAlertContact,
  arrange: async (account) => ({ id: (await makeArranged(account)).id }),
  check: async ({ input }) =>
    expect(await deliveriesTo(input.id)).toMatchObject([{ purpose: 'verification' }]),
  missing: () => ({ id: 'ac-none' }),
  audit: { resourceKind: 'alert_contact', resourceId: (_, input) => input.id },
});

/** As rows, so that arranging leaves no audit rows. */
async function makeArranged(account: TestAccount) {
  const id = `ac-${account.id}`;
  await owner
    .insert(alertContacts)
    .values({
      accountId: account.id,
      id,
      place: 1,
      ...webhook,
      leastSeverity: 'warning',
      signingSecret: 'whsec_AA==',
    })
    .onConflictDoNothing();
  return { id };
}

describe('webhooks', () => {
  test('are sent nothing but the check until they have answered it, then what they asked for, signed', async () => {
    const account = await testAccount(database);
    const { url, received } = await startReceiver([500, 204]);
    const { contact, signingSecret } = await createAlertContact(admin(account), { ...webhook, address: url });
    await alarm(account);
    await send(account);
    expect(received).toHaveLength(1);
    expect(await contactOf(contact.id)).toMatchObject({
      verifiedAt: null,
      lastError: 'The webhook answered with the status 500.',
    });
    await owner
      .update(alertDeliveries)
      .set({ dueAt: sql`now()` })
      .where(eq(alertDeliveries.contactId, contact.id));
    await send(account);
    expect((await contactOf(contact.id))?.verifiedAt).not.toBeNull();
    await alarm(account);
    await send(account);
    expect(received).toHaveLength(3);
    const { headers, body } = received[2]!;
    expect(JSON.parse(body)).toMatchObject({
      type: 'job.failed',
      data: {
        accountId: account.id,
        severity: 'error',
        title: 'Backup of /srv failed',
        url: 'https://backup.example.org/cn-hangzhou/backup-jobs/j-1',
      },
    });
    const id = String(headers['webhook-id']);
    const at = Number(headers['webhook-timestamp']);
    expect(headers['webhook-signature']).toBe(sign(signingSecret!, id, at, body));
  });

  test('hear of their topics from their severity on, and of no other account', async () => {
    const [account, other] = [await testAccount(database), await testAccount(database)];
    const { received } = await makeProved(account);
    await alarm(account, { kind: 'vaults.locked' });
    await alarm(account, { severity: 'info' });
    await alarm(other);
    await alarm(account, { kind: 'keys.destroyed', severity: 'warning', title: 'A key is gone' });
    await send(account);
    await send(other);
    expect(received.map(({ body }) => JSON.parse(body).data.title)).toEqual(['A key is gone']);
  });

  test('are tried again later, not followed elsewhere, and given up after a day, which the console says once', async () => {
    const account = await testAccount(database);
    const { contact, received } = await makeProved(account, [200, 302]);
    await alarm(account);
    for (let attempts = 1; attempts <= 8; attempts++) {
      await send(account);
      await send(account);
      expect(received).toHaveLength(attempts);
      await owner
        .update(alertDeliveries)
        .set({ dueAt: sql`now()` })
        .where(eq(alertDeliveries.state, 'waiting'));
    }
    await send(account);
    expect(received).toHaveLength(8);
    const [failed] = await deliveriesTo(contact.id).then((all) =>
      all.filter(({ kind }) => kind === 'job.failed'),
    );
    expect(failed).toMatchObject({ state: 'failed', attempts: 8 });
    const told = await owner.select().from(notifications).where(eq(notifications.accountId, account.id));
    expect(told.filter(({ kind }) => kind === 'alerts.not_delivered')).toHaveLength(1);
    expect(received).toHaveLength(8);
  });

  test('into private networks are refused when made and when sent', async () => {
    const account = await testAccount(database);
    const { contact, received } = await makeProved(account);
    await alarm(account);
    await send(account, { allowsPrivateEndpoints: false });
    expect(received).toHaveLength(0);
    expect((await contactOf(contact.id))?.lastError).toContain('https://');
    process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS = 'false';
    await expect(makeContact(account, 'https://10.0.0.1/hook')).rejects.toMatchObject({
      reason: 'webhook_address',
    });
    process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS = 'true';
  });

  test('keep their secret from the web process', async () => {
    const account = await testAccount(database);
    await makeContact(account);
    const reading = inAccount(app, account.id, (tx) =>
      tx.execute(sql`select signing_secret from alert_contacts`),
    );
    await expect(reading).rejects.toMatchObject({ cause: { code: '42501' } });
    expect(JSON.stringify(await listAlertContacts(admin(account), {}))).not.toContain('whsec_');
  });
});

describe('e-mail', () => {
  const makeMail = async (account: TestAccount, address: string) =>
    (await createAlertContact(admin(account), { ...webhook, kind: 'email', address })).contact;

  test('waits for the code that was sent there, and then carries alerts', async () => {
    const account = await testAccount(database);
    const contact = await makeMail(account, 'ops@example.com');
    await send(account);
    const [check] = mail.mails.splice(0);
    const [code] = /\b\d{6}\b/.exec(check!.text)!;
    expect(check?.to).toEqual(['ops@example.com']);
    expect((await deliveriesTo(contact.id))[0]).toMatchObject({ state: 'delivered', body: '' });
    expect((await verifyAlertContact(admin(account), { id: contact.id, code })).verifiedAt).not.toBeNull();
    await alarm(account);
    await send(account);
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]?.text).toContain('Subject: Error: Backup of /srv failed');
    expect(mail.mails[0]?.text).toContain('https://backup.example.org/cn-hangzhou/backup-jobs/j-1');
    mail.mails.length = 0;
  });

  test('takes no more guesses after five wrong ones, nor a code that is half an hour old', async () => {
    const account = await testAccount(database);
    const contact = await makeMail(account, 'guess@example.com');
    await send(account);
    const [code] = /\b\d{6}\b/.exec(mail.mails.splice(0)[0]!.text)!;
    const wrong = code === '000000' ? '000001' : '000000';
    const clock = new ManualClock(new Date(Date.now() + 31 * 60_000));
    await expect(
      verifyAlertContact(account.as('administrator', { clock }), { id: contact.id, code }),
    ).rejects.toMatchObject({ code: 'expired' });
    for (let guess = 0; guess < codeGuesses; guess++) {
      const attempt = verifyAlertContact(admin(account), { id: contact.id, code: wrong });
      await expect(attempt).rejects.toMatchObject({ reason: 'wrong_code' });
    }
    const right = verifyAlertContact(admin(account), { id: contact.id, code });
    await expect(right).rejects.toMatchObject({ reason: 'code_expired' });
  });

  test('cannot be chosen without a mail server, and says what to do', async () => {
    delete process.env.CROSSVAULT_SMTP_URL;
    const account = await testAccount(database);
    await expect(makeMail(account, 'a@example.com')).rejects.toMatchObject({ reason: 'no_mail_server' });
    expect(await listAlertContacts(admin(account), {})).toMatchObject({ canSendMail: false });
    process.env.CROSSVAULT_SMTP_URL = mail.url;
  });
});

test('an account has twenty contacts at most, also when they are made at the same moment', async () => {
  const account = await testAccount(database);
  const made = await Promise.allSettled(
    Array.from({ length: 23 }, (_, n) => makeContact(account, `https://hooks.example.com/${n}`)),
  );
  const refused = made.filter((one) => one.status === 'rejected').map(({ reason }) => reason.code);
  expect(refused).toEqual(['quota_exceeded', 'quota_exceeded', 'quota_exceeded']);
});

test('a message is sent again at most once a minute, and the record shows what was sent', async () => {
  const account = await testAccount(database);
  const { contact, received } = await makeProved(account);
  const later = new ManualClock(new Date(Date.now() + 61_000));
  await expect(testAlertContact(admin(account), { id: contact.id })).rejects.toMatchObject({
    code: 'rate_limited',
  });
  await testAlertContact(account.as('administrator', { clock: later }), { id: contact.id });
  await send(account);
  expect(received).toHaveLength(1);
  expect(
    (await listAlertDeliveries(admin(account), {})).items.map(({ purpose }) => purpose).toSorted(),
  ).toEqual(['test', 'verification']);
});
