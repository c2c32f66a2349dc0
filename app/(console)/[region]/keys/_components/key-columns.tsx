import type { ReactNode } from 'react';
import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Bytes, Nothing, RelativeTime, Time } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { KmsKey } from '@/lib/keys/schemas';

const stateWords: Record<KmsKey['state'], { kind: StatusKind; word: string }> = {
  creating: { kind: 'running', word: 'Creating' },
  enabled: { kind: 'success', word: 'Enabled' },
  disabled: { kind: 'warning', word: 'Disabled' },
  scheduled: { kind: 'danger', word: 'To be destroyed' },
  destroyed: { kind: 'off', word: 'Destroyed' },
};

function detailOf({ state, vaultCount, deletionAt }: KmsKey): ReactNode {
  if (state === 'scheduled')
    return (
      <>
        On <Time at={deletionAt} />
      </>
    );
  return state === 'disabled' && vaultCount > 0 ? 'Its vaults cannot be read or written' : undefined;
}

export const keyColumns: Column<KmsKey>[] = [
  {
    id: 'key',
    header: 'Key',
    isTitle: true,
    sortValue: (key) => key.alias ?? key.id,
    searchText: (key) => `${key.alias}\n${key.id}\n${key.description}`,
    cell: (key) => (
      <div className="min-w-0">
        {key.alias && <span className="wrap-anywhere block">{key.alias}</span>}
        <Id value={key.id} className="font-normal" />
      </div>
    ),
  },
  {
    id: 'state',
    header: 'State',
    sortValue: (key) => key.state,
    filter: {
      label: 'State',
      options: Object.entries(stateWords).map(([value, { word }]) => ({ value, label: word })),
      valueOf: (key) => key.state,
    },
    cell: (key) => (
      <Status kind={stateWords[key.state].kind} detail={detailOf(key)}>
        {stateWords[key.state].word}
      </Status>
    ),
  },
  {
    id: 'description',
    header: 'Description',
    sortValue: (key) => key.description,
    cell: (key) => (
      <span className="wrap-anywhere">{key.description || <Nothing label="No description" />}</span>
    ),
  },
  {
    id: 'vaults',
    header: 'Vaults',
    align: 'end',
    sortValue: (key) => key.vaultCount,
    cell: (key) => formatCount(key.vaultCount),
  },
  {
    id: 'points',
    header: 'Points',
    align: 'end',
    sortValue: (key) => key.pointCount,
    cell: (key) => formatCount(key.pointCount),
  },
  {
    id: 'stored',
    header: 'Stored',
    align: 'end',
    sortValue: (key) => key.storedBytes,
    cell: (key) => <Bytes value={key.storedBytes} />,
  },
  {
    id: 'created',
    header: 'Created',
    sortValue: (key) => key.createdAt,
    cell: (key) => <RelativeTime at={key.createdAt} />,
  },
  {
    id: 'destroyed',
    header: 'Destroyed',
    isHiddenAtFirst: true,
    sortValue: (key) => key.destroyedAt,
    cell: (key) => <RelativeTime at={key.destroyedAt} />,
  },
];
