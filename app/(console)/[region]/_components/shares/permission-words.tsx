import { sharePermission } from '@/lib/resource-shares/schemas';

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

/** The one permission there is, and what it means. */
export function PermissionWords({ name = sharePermission, reader = 'owner' }: PermissionWordsProps) {
  return (
    <div className="rounded-md border border-line bg-sunken px-3 py-2.5">
      <p className="wrap-anywhere font-mono text-sm">{name}</p>
      <ul className="mt-1.5 list-disc space-y-0.5 pl-4 text-muted text-sm">
        <li>See name, region, encryption method and state of the shared vaults.</li>
        <li>Choose one of them as the target of a replication.</li>
        <li>Follow the progress of that replication, and stop it.</li>
      </ul>
      <p className="mt-1.5 text-muted text-sm">{limits[reader]}</p>
    </div>
  );
}
