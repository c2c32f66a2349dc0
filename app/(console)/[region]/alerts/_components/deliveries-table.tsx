'use client';

import { useQuery } from '@tanstack/react-query';
import { Send } from 'lucide-react';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { alertDeliveriesQuery } from '@/lib/alerts/query';
import type { AlertDelivery } from '@/lib/alerts/schemas';

const purposes = { notification: 'Alert', verification: 'Confirmation', test: 'Test' };
const states = { waiting: 'Waiting', delivered: 'Delivered', failed: 'Given up' };

const columns: Column<AlertDelivery>[] = [
  {
    id: 'title',
    header: 'Message',
    isTitle: true,
    searchText: ({ title }) => title,
    cell: ({ title, purpose }) => (
      <div className="min-w-0">
        <span className="wrap-anywhere block">{title}</span>
        <span className="block font-normal text-muted text-sm">{purposes[purpose]}</span>
      </div>
    ),
  },
  {
    id: 'contact',
    header: 'To',
    sortValue: ({ contact }) => contact.name,
    searchText: ({ contact }) => contact.name,
    cell: ({ contact }) => contact.name,
  },
  {
    id: 'state',
    header: 'State',
    filter: {
      label: 'State',
      options: Object.entries(states).map(([value, label]) => ({ value, label })),
      valueOf: ({ state }) => state,
    },
    cell: (delivery) => <DeliveryState delivery={delivery} />,
  },
  {
    id: 'created',
    header: 'Written',
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

function DeliveryState({ delivery: { state, attempts, lastError, dueAt } }: { delivery: AlertDelivery }) {
  if (state === 'delivered') return <Status kind="success">{states.delivered}</Status>;
  if (state === 'failed') {
    return (
      <Status kind="danger" detail={`${attempts} attempts. ${lastError ?? ''}`}>
        {states.failed}
      </Status>
    );
  }
  const detail = lastError ? (
    <>
      {lastError} Next attempt <RelativeTime at={dueAt} />
    </>
  ) : undefined;
  return (
    <Status kind="pending" detail={detail}>
      {states.waiting}
    </Status>
  );
}

export function DeliveriesTable() {
  const deliveries = useQuery(alertDeliveriesQuery());
  return (
    <DataTable<AlertDelivery>
      id="alert-deliveries"
      title="What was sent"
      noun="messages"
      columns={columns}
      rows={deliveries.data?.items}
      getRowId={({ id }) => id}
      getRowName={({ title }) => title}
      error={deliveries.error?.message}
      onRetry={() => void deliveries.refetch()}
      defaultSort={{ columnId: 'created', isDescending: true }}
      searchPlaceholder="Find by message or contact"
      empty={{
        icon: <Send />,
        title: 'Nothing was sent yet',
        description:
          'Each message to a contact is listed here with its outcome. One that is not taken is tried again for about a day.',
      }}
    />
  );
}
