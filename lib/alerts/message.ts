import type { alertContacts, alertDeliveries } from '@/db/schema';

export type Contact = typeof alertContacts.$inferSelect;
export type Delivery = typeof alertDeliveries.$inferSelect;

/** Where links lead and who sends; made once from the environment. */
export interface Sender {
  /** The console as browsers reach it, without a slash at the end. */
  publicUrl: string;
  smtpUrl: string | null;
  mailFrom: string | null;
  allowsPrivateEndpoints: boolean;
}

export function toText(delivery: Delivery, { publicUrl }: Sender): string {
  const lines = [
    delivery.body,
    delivery.href && `${publicUrl}${delivery.href}`,
    `Account ${delivery.accountId}. Who receives this is set on the page Alerts of the console.`,
  ];
  return lines.filter((line) => line !== null && line !== '').join('\n\n');
}

export function toPayload(delivery: Delivery, { publicUrl }: Sender) {
  return {
    type: delivery.purpose === 'notification' ? delivery.kind : `alerts.${delivery.purpose}`,
    timestamp: delivery.createdAt.toISOString(),
    data: {
      id: delivery.id,
      accountId: delivery.accountId,
      severity: delivery.severity,
      title: delivery.title,
      body: delivery.body,
      url: delivery.href ? `${publicUrl}${delivery.href}` : null,
    },
  };
}
