import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { Skeleton } from '@/components/ui/skeleton';
import type { KmsKeyDetail } from '@/lib/keys/schemas';
import { regionName } from '@/lib/regions/schemas';

type KeyVault = KmsKeyDetail['vaults'][number];

/** The vaults under a key, each with what it holds and the replication it takes part in. */
export function AffectedVaults({ detail }: { detail: KmsKeyDetail | undefined }) {
  if (!detail) return <Skeleton className="w-40" />;
  if (detail.vaults.length === 0) return 'No vault uses this key';
  return (
    <ul className="flex flex-col gap-1.5">
      {detail.vaults.map((vault) => (
        <li key={vault.id} className="wrap-anywhere">
          <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link">
            {vault.name}
          </Link>{' '}
          <span className="text-muted">in {regionName(vault.region)}</span>
          <span className="block text-muted text-sm">
            {plural(vault.pointCount, 'backup point')}, {formatBytes(vault.sourceBytes)} of source data,{' '}
            {formatBytes(vault.storedBytes)} stored
          </span>
          {vault.lockedUntil && (
            <span className="block text-sm">
              Holds locked points until <Time at={vault.lockedUntil} />: until then its key stays.
            </span>
          )}
          {vault.replication && (
            <span className="block text-sm">{describeReplication(vault.replication)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function describeReplication({ side, vaultName, accountName }: NonNullable<KeyVault['replication']>): string {
  return side === 'source'
    ? `Replicates to ${vaultName} of ${accountName}; that copy stays readable, and nothing new reaches it.`
    : `Holds the second copy of ${vaultName} of ${accountName}.`;
}

/** What all of them hold together. */
export function sumOf({ vaults }: KmsKeyDetail): string {
  const sum = (of: (vault: KeyVault) => number) => vaults.reduce((total, vault) => total + of(vault), 0);
  const points = sum((vault) => vault.pointCount);
  return `${plural(points, 'backup point')}, ${formatBytes(sum((vault) => vault.sourceBytes))} of source data`;
}
