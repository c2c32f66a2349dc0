import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { KmsKey } from '@/lib/keys/schemas';

const stateWords: Record<KmsKey['state'], { kind: StatusKind; word: string }> = {
  creating: { kind: 'running', word: 'Creating' },
  enabled: { kind: 'success', word: 'Enabled' },
  disabled: { kind: 'warning', word: 'Disabled' },
  destroyed: { kind: 'off', word: 'Destroyed' },
};

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
    cell: ({ state, vaultCount }) => (
      <Status
        kind={stateWords[state].kind}
        detail={state === 'disabled' && vaultCount > 0 ? 'Its vaults cannot be read or written' : undefined}
      >
        {stateWords[state].word}
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
