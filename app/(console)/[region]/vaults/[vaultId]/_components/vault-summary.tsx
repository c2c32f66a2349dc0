import { Id } from '@/components/ui/copyable';
import { formatCount, plural } from '@/components/ui/format';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import { regionName } from '@/lib/regions/schemas';
import { sourcesInWords, type Vault } from '@/lib/vaults/schemas';
import { CapacityMeter } from '../../_components/capacity-fields';
import { VaultTags } from '../../_components/vault-columns';
import { encryptionWords, redundancyWords } from '../../_components/vault-words';

export function vaultSummary(vault: Vault): SummaryItem[] {
  return [
    { label: 'Backup points', value: formatCount(vault.pointCount) },
    { label: 'Source data', value: <Bytes value={vault.sourceBytes} /> },
    ...storedByTier(vault),
    ...(vault.capacity ? [{ label: 'Capacity', value: <CapacityMeter capacity={vault.capacity} /> }] : []),
    { label: 'Newest point', value: <RelativeTime at={vault.newestPointAt} /> },
    { label: 'Takes', value: sourcesInWords(vault.kind) },
    { label: 'Region', value: regionName(vault.region) },
    { label: 'Encryption', value: <Encryption vault={vault} /> },
    { label: 'Redundancy', value: redundancyWords(vault.redundancy, vault.region) },
    { label: 'Resource group', value: vault.resourceGroup.name },
    { label: 'Tags', value: <VaultTags tags={vault.tags} /> },
    ...(vault.guard
      ? [
          {
            label: 'Guard days',
            value: vault.guard.days === 0 ? 'None' : plural(vault.guard.days, 'day'),
          },
        ]
      : []),
    { label: 'Vault id', value: <Id value={vault.id} cut="whole" /> },
    { label: 'Created', value: <RelativeTime at={vault.createdAt} /> },
    {
      label: 'Lock',
      value: vault.lockedAt ? (
        <>
          Locked <RelativeTime at={vault.lockedAt} />
        </>
      ) : (
        'Not locked'
      ),
    },
  ];
}

/** Both tiers apart, as soon as there is anything in the archive. */
function storedByTier({ kind, storedBytes, archive }: Vault): SummaryItem[] {
  if (kind === 'archive') {
    return [{ label: 'Stored in the archive tier', value: <Bytes value={archive.storedBytes} /> }];
  }
  if (archive.storedBytes === 0 && archive.pointCount === 0) {
    return [{ label: 'Stored data', value: <Bytes value={storedBytes} /> }];
  }
  return [
    { label: 'Stored, standard tier', value: <Bytes value={storedBytes - archive.storedBytes} /> },
    {
      label: 'Stored, archive tier',
      value: (
        <>
          <Bytes value={archive.storedBytes} />
          <span className="text-muted"> · {plural(archive.pointCount, 'point')}</span>
        </>
      ),
    },
  ];
}

function Encryption({ vault }: { vault: Vault }) {
  const { kmsKey } = vault;
  if (!kmsKey) return encryptionWords[vault.encryption];
  return (
    <>
      {kmsKey.alias ?? encryptionWords.kms}
      {kmsKey.state !== 'enabled' && <span className="text-warning"> · {kmsKey.state}</span>}
      <Id value={kmsKey.id} className="flex" />
    </>
  );
}
