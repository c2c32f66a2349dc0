import type { Column } from '@/components/console/data-table/types';
import { Id } from '@/components/ui/copyable';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { AccessKey } from '@/lib/accounts/schemas';

const states: Record<'active' | 'expired' | 'revoked', { kind: StatusKind; word: string }> = {
  active: { kind: 'success', word: 'Active' },
  expired: { kind: 'off', word: 'Expired' },
  revoked: { kind: 'off', word: 'Revoked' },
};

export function stateOf(key: AccessKey, now: Date): keyof typeof states {
  if (key.revokedAt) return 'revoked';
  return key.expiresAt && new Date(key.expiresAt) <= now ? 'expired' : 'active';
}

export function accessKeyColumns(now: Date): Column<AccessKey>[] {
  return [
    {
      id: 'name',
      header: 'Access key',
      isTitle: true,
      sortValue: (key) => key.name,
      searchText: (key) => `${key.name}\n${key.id}\n${key.userName}`,
      cell: (key) => (
        <div className="min-w-0">
          <span className="wrap-anywhere block">{key.name}</span>
          <Id value={key.id} className="font-normal" />
        </div>
      ),
    },
    {
      id: 'state',
      header: 'State',
      sortValue: (key) => stateOf(key, now),
      filter: {
        label: 'State',
        options: Object.entries(states).map(([value, { word }]) => ({ value, label: word })),
        valueOf: (key) => stateOf(key, now),
      },
      cell: (key) => {
        const { kind, word } = states[stateOf(key, now)];
        return <Status kind={kind}>{word}</Status>;
      },
    },
    { id: 'user', header: 'Acts as', sortValue: (key) => key.userName, cell: (key) => key.userName },
    {
      id: 'created',
      header: 'Created',
      sortValue: (key) => key.createdAt,
      cell: (key) => <RelativeTime at={key.createdAt} />,
    },
    {
      id: 'expires',
      header: 'Expires',
      sortValue: (key) => key.expiresAt,
      cell: (key) => (key.expiresAt ? <RelativeTime at={key.expiresAt} /> : <Nothing label="Never" />),
    },
    {
      id: 'used',
      header: 'Last used',
      sortValue: (key) => key.lastUsedAt,
      cell: (key) => (key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : <Nothing label="Never" />),
    },
  ];
}
