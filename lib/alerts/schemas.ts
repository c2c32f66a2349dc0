import { z } from 'zod';
import { displayName, isoTime } from '@/lib/schemas';
import { AlertTopic } from './topics';

export * from './topics';

export const contactsPerAccount = 20;

export const LeastSeverity = z.enum(['info', 'warning', 'error']);

export const AlertContact = z.object({
  id: z.string(),
  kind: z.enum(['email', 'webhook']),
  name: z.string(),
  address: z.string(),
  topics: z.array(AlertTopic),
  /** Notifications below it are not sent. */
  leastSeverity: LeastSeverity,
  /** Nothing but the check itself is sent before. */
  verifiedAt: isoTime.nullable(),
  lastDeliveredAt: isoTime.nullable(),
  lastFailedAt: isoTime.nullable(),
  lastError: z.string().nullable(),
  createdAt: isoTime,
});
export type AlertContact = z.infer<typeof AlertContact>;

export const AlertContactList = z.object({
  items: z.array(AlertContact),
  /** Whether the operator has named a mail server; without one e-mail contacts cannot be made. */
  canSendMail: z.boolean(),
});
/** `signingSecret` of a webhook is shown in this answer only. */
export const CreatedAlertContact = z.object({ contact: AlertContact, signingSecret: z.string().nullable() });

const topics = z.array(AlertTopic).min(1, 'Choose at least one topic.').max(AlertTopic.options.length);

export const CreateAlertContact = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('email'),
    name: displayName,
    address: z.email('Enter an e-mail address.').max(254),
    topics,
    leastSeverity: LeastSeverity.default('warning'),
  }),
  z.object({
    kind: z.literal('webhook'),
    name: displayName,
    address: z.url({ protocol: /^https?$/, error: 'Enter an address that begins with https://.' }).max(2000),
    topics,
    leastSeverity: LeastSeverity.default('warning'),
  }),
]);
export const UpdateAlertContact = z.object({
  id: z.string(),
  name: displayName.optional(),
  topics: topics.optional(),
  leastSeverity: LeastSeverity.optional(),
});
export const NameAlertContact = z.object({ id: z.string() });
export const VerifyAlertContact = z.object({
  id: z.string(),
  code: z
    .string()
    .trim()
    .regex(/^[0-9]{6}$/, 'Enter the six digits of the message.'),
});

export const AlertDelivery = z.object({
  id: z.string(),
  contact: z.object({ id: z.string(), name: z.string(), kind: z.enum(['email', 'webhook']) }),
  purpose: z.enum(['notification', 'verification', 'test']),
  severity: z.enum(['info', 'success', 'warning', 'error']),
  title: z.string(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number().int(),
  /** Of a waiting one: the next attempt. */
  dueAt: isoTime,
  lastError: z.string().nullable(),
  createdAt: isoTime,
  finishedAt: isoTime.nullable(),
});
export type AlertDelivery = z.infer<typeof AlertDelivery>;
