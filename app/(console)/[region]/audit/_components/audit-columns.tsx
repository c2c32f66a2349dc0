import { Bot, KeySquare, MonitorUp, User } from 'lucide-react';
import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { Nothing, Time } from '@/components/ui/quantities';
import type { AuditEvent } from '@/lib/audit/schemas';
import { actionWords, nameAction } from './action-words';
import { periodOptions } from './periods';

export const actorWords: Record<AuditEvent['actor']['kind'], { word: string; Icon: typeof User }> = {
  user: { word: 'User', Icon: User },
  access_key: { word: 'Access key', Icon: KeySquare },
  client: { word: 'Client', Icon: MonitorUp },
  engine: { word: 'Engine', Icon: Bot },
};

/** The server filters and orders: newest first. */
export function auditColumns(onOpen: (event: AuditEvent) => void): Column<AuditEvent>[] {
  return [
    {
      id: 'action',
      header: 'Event',
      isTitle: true,
      searchText: (event) => event.action,
      filter: {
        label: 'Event',
        options: Object.entries(actionWords)
          .map(([value, label]) => ({ value, label }))
          .sort((a, b) => a.label.localeCompare(b.label)),
        valueOf: (event) => event.action,
      },
      cell: (event) => (
        <button type="button" className="link text-left" onClick={() => onOpen(event)}>
          {nameAction(event.action)}
        </button>
      ),
    },
    {
      id: 'at',
      header: 'When',
      filter: { label: 'Period', options: periodOptions, valueOf: (event) => event.at },
      cell: (event) => <Time at={event.at} />,
    },
    { id: 'actor', header: 'By', cell: (event) => <Actor actor={event.actor} /> },
    { id: 'resource', header: 'On', cell: (event) => <Resource resource={event.resource} /> },
    {
      id: 'ip',
      header: 'From address',
      cell: (event) =>
        event.ip ? <span className="font-mono">{event.ip}</span> : <Nothing label="No address" />,
    },
    {
      id: 'row',
      header: 'Row',
      align: 'end',
      isHiddenAtFirst: true,
      cell: (event) => event.seq,
    },
    {
      id: 'request',
      header: 'Request',
      isHiddenAtFirst: true,
      cell: (event) => <Id value={event.requestId} />,
    },
  ];
}

export function Actor({ actor }: Pick<AuditEvent, 'actor'>) {
  const { word, Icon } = actorWords[actor.kind];
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon className="size-4 text-muted" aria-label={word} role="img" />
      {actor.name}
    </span>
  );
}

export function Resource({ resource }: Pick<AuditEvent, 'resource'>) {
  return (
    <span className="block min-w-0">
      {resource.name && <span className="wrap-anywhere block">{resource.name}</span>}
      <span className="text-muted">{resource.kind.replaceAll('_', ' ')}</span> <Id value={resource.id} />
    </span>
  );
}
