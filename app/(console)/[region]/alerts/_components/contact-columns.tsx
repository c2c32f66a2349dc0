import type { Column } from '@/components/console/data-table/types';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { type AlertContact, AlertTopic, alertTopics } from '@/lib/alerts/schemas';

export const severityWords = {
  info: 'Everything',
  warning: 'Warnings and errors',
  error: 'Errors only',
} as const;

export const contactColumns: Column<AlertContact>[] = [
  {
    id: 'name',
    header: 'Contact',
    isTitle: true,
    sortValue: (contact) => contact.name,
    searchText: (contact) => `${contact.name}\n${contact.address}`,
    cell: (contact) => (
      <div className="min-w-0">
        <span className="wrap-anywhere block">{contact.name}</span>
        <span className="wrap-anywhere block font-normal text-muted text-sm">{contact.address}</span>
      </div>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    filter: {
      label: 'Kind',
      options: [
        { value: 'email', label: 'E-mail' },
        { value: 'webhook', label: 'Webhook' },
      ],
      valueOf: (contact) => contact.kind,
    },
    cell: (contact) => (contact.kind === 'email' ? 'E-mail' : 'Webhook'),
  },
  {
    id: 'topics',
    header: 'Hears of',
    cell: ({ topics, leastSeverity }) => (
      <div>
        <span className="block">
          {topics.length === AlertTopic.options.length
            ? 'All topics'
            : topics.map((topic) => alertTopics[topic].title).join(', ')}
        </span>
        <span className="block text-muted text-sm">{severityWords[leastSeverity]}</span>
      </div>
    ),
  },
  { id: 'state', header: 'State', cell: (contact) => <ContactState contact={contact} /> },
  {
    id: 'delivered',
    header: 'Last delivered',
    sortValue: (contact) => contact.lastDeliveredAt,
    cell: ({ lastDeliveredAt }) =>
      lastDeliveredAt ? <RelativeTime at={lastDeliveredAt} /> : <Nothing label="Never" />,
  },
];

function ContactState({ contact }: { contact: AlertContact }) {
  if (contact.lastError) {
    return (
      <Status kind="warning" detail={contact.lastError}>
        {contact.verifiedAt ? 'Does not take messages' : 'Not confirmed'}
      </Status>
    );
  }
  if (contact.verifiedAt) return <Status kind="success">Confirmed</Status>;
  const next = contact.kind === 'email' ? 'Enter the code that was sent there.' : 'Waits for its answer.';
  return (
    <Status kind="pending" detail={next}>
      Not confirmed
    </Status>
  );
}
