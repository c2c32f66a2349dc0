import type { ReactNode } from 'react';
import { keyPermission, sharePermission } from '@/lib/resource-shares/schemas';

interface PermissionWordsProps {
  name?: string;
  /** `owner` reads what others may do with its vaults, `recipient` what it may do itself. */
  reader?: 'owner' | 'recipient';
}

const limits = {
  owner: 'It cannot read, restore, lock or delete anything in your vaults. The permission is fixed.',
  recipient:
    'You cannot read, restore, lock or delete anything in the shared vaults. The permission is fixed.',
};

const keyLimits = {
  owner: 'It never holds the key, and cannot use it for anything else. The permission is fixed.',
  recipient: 'You never hold the key, and cannot use it for anything else. The permission is fixed.',
};

/** The one permission there is for vaults, and what it means. */
export function PermissionWords({ name = sharePermission, reader = 'owner' }: PermissionWordsProps) {
  return (
    <Permission name={name} limit={limits[reader]}>
      <li>See name, region, encryption method and state of the shared vaults.</li>
      <li>Choose one of them as the target of a replication.</li>
      <li>Follow the progress of that replication, and stop it.</li>
    </Permission>
  );
}

/** The one permission there is for keys. */
export function KeyPermissionWords({ reader = 'owner' }: Pick<PermissionWordsProps, 'reader'>) {
  return (
    <Permission name={keyPermission} limit={keyLimits[reader]}>
      <li>See id, alias and state of the shared keys.</li>
      <li>Accept server and disk backups that were shared under one of them.</li>
      <li>Have the engine open those with it while it copies them.</li>
    </Permission>
  );
}

function Permission({ name, limit, children }: { name: string; limit: string; children: ReactNode }) {
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2.5">
      <p className="wrap-anywhere font-mono text-sm">{name}</p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-4 text-muted text-sm">{children}</ul>
      <p className="mt-1.5 text-muted text-sm">{limit}</p>
    </div>
  );
}
