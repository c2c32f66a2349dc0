import { Skeleton } from '@/components/ui/skeleton';
import type { KmsKeyDetail } from '@/lib/keys/schemas';
import { regionName } from '@/lib/regions/schemas';

/** The vaults under a key, by name. */
export function AffectedVaults({ detail }: { detail: KmsKeyDetail | undefined }) {
  if (!detail) return <Skeleton className="w-40" />;
  if (detail.vaults.length === 0) return 'No vault uses this key';
  return (
    <ul>
      {detail.vaults.map((vault) => (
        <li key={vault.id} className="wrap-anywhere">
          {vault.name} <span className="text-muted">in {regionName(vault.region)}</span>
        </li>
      ))}
    </ul>
  );
}
