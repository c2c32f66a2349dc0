import type { Column } from '@/components/console/data-table/types';
import { Badge } from '@/components/ui/badge';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { roleDescriptions } from '@/lib/users/rules';
import type { User } from '@/lib/users/schemas';

const states: Record<User['status'], { kind: StatusKind; word: string }> = {
  active: { kind: 'success', word: 'Active' },
  invited: { kind: 'pending', word: 'Invited' },
  disabled: { kind: 'off', word: 'Disabled' },
};

export const userColumns: Column<User>[] = [
  {
    id: 'name',
    header: 'User',
    isTitle: true,
    sortValue: (user) => user.name,
    searchText: (user) => `${user.name}\n${user.email}\n${user.id}`,
    cell: (user) => (
      <div className="min-w-0">
        <span className="wrap-anywhere flex flex-wrap items-center gap-x-2">
          {user.name}
          {user.isMe && <Badge tone="accent">You</Badge>}
        </span>
        <span className="wrap-anywhere block font-normal text-muted">{user.email}</span>
      </div>
    ),
  },
  {
    id: 'role',
    header: 'Role',
    sortValue: (user) => user.role,
    filter: {
      label: 'Role',
      options: Object.entries(roleDescriptions).map(([value, { name }]) => ({ value, label: name })),
      valueOf: (user) => user.role,
    },
    cell: (user) => roleDescriptions[user.role].name,
  },
  {
    id: 'state',
    header: 'State',
    sortValue: (user) => user.status,
    filter: {
      label: 'State',
      options: Object.entries(states).map(([value, { word }]) => ({ value, label: word })),
      valueOf: (user) => user.status,
    },
    cell: (user) => <UserState user={user} />,
  },
  {
    id: 'sessions',
    header: 'Sessions',
    align: 'end',
    sortValue: (user) => user.sessionCount,
    cell: (user) => user.sessionCount,
  },
  {
    id: 'signedIn',
    header: 'Last signed in',
    sortValue: (user) => user.lastSignInAt,
    cell: (user) => (user.lastSignInAt ? <RelativeTime at={user.lastSignInAt} /> : <Nothing label="Never" />),
  },
  {
    id: 'created',
    header: 'Created',
    isHiddenAtFirst: true,
    sortValue: (user) => user.createdAt,
    cell: (user) => <RelativeTime at={user.createdAt} />,
  },
];

function UserState({ user }: { user: User }) {
  const { kind, word } = states[user.status];
  return (
    <div>
      <Status kind={kind}>{word}</Status>
      {user.status === 'invited' && user.passwordExpiresAt && (
        <span className="block text-muted text-sm">
          One-time password until <RelativeTime at={user.passwordExpiresAt} />
        </span>
      )}
      {user.blockedUntil && (
        <span className="block text-muted text-sm">
          Sign-in blocked until <RelativeTime at={user.blockedUntil} />
        </span>
      )}
    </div>
  );
}
