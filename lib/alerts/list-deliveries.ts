import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { alertContacts, alertDeliveries } from '@/db/schema';
import { readVerb } from '@/lib/verb';
import { iso } from './internal';
import type { AlertDelivery } from './schemas';

const shownDeliveries = 200;

/** The newest two hundred. What was written in them is in the notification; the code of a check is not shown. */
export const listAlertDeliveries = readVerb({
  action: 'alerts.list_deliveries',
  permission: 'alerts.read',
  input: z.object({}),
  async run({ tx }): Promise<{ items: AlertDelivery[] }> {
    const rows = await tx
      .select({
        delivery: alertDeliveries,
        contact: { id: alertContacts.id, name: alertContacts.name, kind: alertContacts.kind },
      })
      .from(alertDeliveries)
      .innerJoin(alertContacts, eq(alertContacts.id, alertDeliveries.contactId))
      .orderBy(desc(alertDeliveries.createdAt), desc(alertDeliveries.id))
      .limit(shownDeliveries);
    return {
      items: rows.map(({ delivery, contact }) => ({
        id: delivery.id,
        contact,
        purpose: delivery.purpose,
        severity: delivery.severity,
        title: delivery.title,
        state: delivery.state,
        attempts: delivery.attempts,
        dueAt: delivery.dueAt.toISOString(),
        lastError: delivery.lastError,
        createdAt: delivery.createdAt.toISOString(),
        finishedAt: iso(delivery.finishedAt),
      })),
    };
  },
});
