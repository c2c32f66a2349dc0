import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listAlertContacts, listAlertDeliveries } from '@/lib/alerts';
import { alertContactsQuery, alertDeliveriesQuery } from '@/lib/alerts/query';
import { AlertsPage } from './_components/alerts-page';

export const metadata: Metadata = { title: 'Alerts' };

export default function Page() {
  return (
    <Prefetched
      reads={[
        { queryKey: alertContactsQuery().queryKey, read: (ctx) => listAlertContacts(ctx, {}) },
        { queryKey: alertDeliveriesQuery().queryKey, read: (ctx) => listAlertDeliveries(ctx, {}) },
      ]}
    >
      <AlertsPage />
    </Prefetched>
  );
}
