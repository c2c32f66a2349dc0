import { z } from 'zod';
import { alertContacts } from '@/db/schema';
import { readEnv } from '@/lib/env';
import { readVerb } from '@/lib/verb';
import { contactColumns, toAlertContact } from './internal';

export const listAlertContacts = readVerb({
  action: 'alerts.list_contacts',
  permission: 'alerts.read',
  input: z.object({}),
  async run({ tx }) {
    const rows = await tx.select(contactColumns).from(alertContacts).orderBy(alertContacts.name);
    return { items: rows.map(toAlertContact), canSendMail: readEnv().smtpUrl !== null };
  },
});
