import { ArrowDownLeft, ArrowUpRight, Repeat } from 'lucide-react';
import Link from 'next/link';
import {
  ObjectiveCell,
  objectiveWord,
} from '@/app/(console)/[region]/_components/replication/objective-words';
import { replicationHref } from '@/app/(console)/[region]/_components/replication/use-replication-actions';
import { readReplication } from '@/app/(console)/[region]/vaults/_components/vault-words';
import type { Column } from '@/components/console/data-table/types';
import { cn } from '@/components/ui/class-names';
import { Id } from '@/components/ui/copyable';
import { formatBytes, formatDuration, plural } from '@/components/ui/format';
import { Bytes, Nothing, Rate, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { regionName } from '@/lib/regions/schemas';
import type { Replication } from '@/lib/replication/schemas';

const directions = {
  source: { word: 'Out of this account', icon: ArrowUpRight, tone: 'text-source' },
  target: { word: 'Into this account', icon: ArrowDownLeft, tone: 'text-target' },
  both: { word: 'Within this account', icon: Repeat, tone: 'text-muted' },
} as const;

export const replicationColumns: Column<Replication>[] = [
  {
    id: 'source',
    header: 'Source',
    isTitle: true,
    sortValue: ({ source }) => source.vaultName,
    searchText: ({ id, source, target }) =>
      [id, source, target]
        .map((part) =>
          typeof part === 'string'
            ? part
            : `${part.vaultName} ${part.vaultId} ${part.accountName} ${part.accountId}`,
        )
        .join('\n'),
    cell: (replication) => <End replication={replication} side="source" />,
  },
  {
    id: 'target',
    header: 'Target',
    sortValue: ({ target }) => target.vaultName,
    cell: (replication) => <End replication={replication} side="target" />,
  },
  {
    id: 'direction',
    header: 'Direction',
    sortValue: ({ side }) => side,
    filter: {
      label: 'Direction',
      options: Object.entries(directions).map(([value, { word }]) => ({ value, label: word })),
      valueOf: ({ side }) => side,
    },
    cell: ({ side }) => {
      const { word, icon: Icon, tone } = directions[side];
      return (
        <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', tone)}>
          <Icon className="size-3.5 shrink-0" aria-hidden /> {word}
        </span>
      );
    },
  },
  {
    id: 'state',
    header: 'State',
    sortValue: (replication) => readReplication(replication).word,
    filter: {
      label: 'State',
      options: [
        { value: 'active', label: 'Running' },
        { value: 'stopped', label: 'Stopped' },
      ],
      valueOf: ({ state }) => state,
    },
    cell: (replication) => {
      const { kind, word } = readReplication(replication);
      return <Status kind={kind}>{word}</Status>;
    },
  },
  {
    id: 'lag',
    header: 'Lag',
    align: 'end',
    sortValue: ({ state, lag }) => (state === 'stopped' ? -1 : lag.seconds),
    cell: (replication) => <LagCell replication={replication} />,
  },
  {
    id: 'objective',
    header: 'Recovery point objective',
    sortValue: ({ objective }) => objectiveWord(objective.state),
    cell: (replication) => <ObjectiveCell replication={replication} />,
  },
  {
    id: 'newest',
    header: 'Newest copied point',
    sortValue: ({ newestPointAt }) => newestPointAt,
    cell: ({ newestPointAt }) => <RelativeTime at={newestPointAt} />,
  },
  {
    id: 'rate',
    header: 'Rate',
    align: 'end',
    sortValue: ({ rateBytesPerSecond }) => rateBytesPerSecond,
    cell: ({ current, rateBytesPerSecond }) =>
      current ? <Rate bytesPerSecond={rateBytesPerSecond} /> : <Nothing label="Nothing moves" />,
  },
  {
    id: 'copied',
    header: 'Copied in all',
    align: 'end',
    isHiddenAtFirst: true,
    sortValue: ({ copiedBytes }) => copiedBytes,
    cell: ({ copiedBytes }) => <Bytes value={copiedBytes} />,
  },
  {
    id: 'started',
    header: 'Started',
    isHiddenAtFirst: true,
    sortValue: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  { id: 'id', header: 'Replication id', isHiddenAtFirst: true, cell: ({ id }) => <Id value={id} /> },
];

function End({ replication, side }: { replication: Replication; side: 'source' | 'target' }) {
  const end = replication[side];
  const isOwn = replication.side === side || (replication.side === 'both' && side === 'source');
  return (
    <div className={cn('min-w-0 border-l-2 pl-2', side === 'source' ? 'border-source' : 'border-target')}>
      {isOwn ? (
        <Link href={replicationHref(replication)} className="link wrap-anywhere">
          {end.vaultName}
        </Link>
      ) : (
        <span className="wrap-anywhere">{end.vaultName}</span>
      )}
      <span className="block font-normal text-muted text-sm">
        {end.accountName} · {regionName(end.region)}
      </span>
    </div>
  );
}

function LagCell({ replication: { state, lag } }: { replication: Replication }) {
  if (state === 'stopped') return <Nothing label="Stopped" />;
  if (lag.points === 0) return 'None';
  return (
    <>
      {formatDuration(lag.seconds)}
      <span className="block text-muted text-sm">
        {plural(lag.points, 'point')} · {formatBytes(lag.bytes)}
      </span>
    </>
  );
}
