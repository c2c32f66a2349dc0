import { Lock } from 'lucide-react';
import Link from 'next/link';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copyable';
import { formatCount, formatDuration } from '@/components/ui/format';
import { Bytes, Nothing, RelativeTime } from '@/components/ui/quantities';
import { Tooltip } from '@/components/ui/tooltip';
import type { Vault } from '@/lib/vaults/schemas';
import { formatTag } from '@/lib/vaults/tags';
import { CapacityMeter } from './capacity-fields';
import { TrialDates } from './trial-notice';
import {
  encryptionWords,
  kindWords,
  ReplicationCell,
  statusWords,
  VaultKindBadge,
  VaultStatus,
} from './vault-words';

export const vaultHref = (vaultId: string, region: string) => `${sectionHref(region, 'vaults')}/${vaultId}`;

const optionsOf = <K extends string>(words: Record<K, string | { word: string }>) =>
  Object.entries<string | { word: string }>(words).map(([value, label]) => ({
    value,
    label: typeof label === 'string' ? label : label.word,
  }));

/** `vaults` name the tags that can be filtered by; the resource group is chosen for all lists at the top. */
export function vaultColumns(vaults: Vault[]): Column<Vault>[] {
  const tags = [...new Set(vaults.flatMap((vault) => vault.tags.map(formatTag)))].sort();
  return [
    {
      id: 'name',
      header: 'Vault',
      isTitle: true,
      sortValue: (vault) => vault.name,
      searchText: (vault) => `${vault.name}\n${vault.id}\n${vault.description}`,
      cell: (vault) => <VaultName vault={vault} />,
    },
    {
      id: 'kind',
      header: 'Kind',
      sortValue: (vault) => kindWords[vault.kind],
      filter: { label: 'Kind', options: optionsOf(kindWords), valueOf: (vault) => vault.kind },
      cell: (vault) => (
        <>
          <VaultKindBadge kind={vault.kind} />
          {vault.trial && (
            <span className="mt-0.5 block text-muted text-sm">
              <TrialDates trial={vault.trial} />
            </span>
          )}
        </>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      sortValue: (vault) => vault.status,
      filter: { label: 'Status', options: optionsOf(statusWords), valueOf: (vault) => vault.status },
      cell: (vault) => <VaultStatus vault={vault} hasReason />,
    },
    {
      id: 'replication',
      header: 'Replication',
      sortValue: (vault) => vault.replication?.lag.seconds ?? null,
      cell: (vault) => <ReplicationCell replication={vault.replication} />,
    },
    {
      id: 'partner',
      header: 'Partner',
      sortValue: (vault) => partnerOf(vault)?.accountName ?? null,
      cell: (vault) => <Partner vault={vault} />,
    },
    {
      id: 'lag',
      header: 'Lag',
      align: 'end',
      sortValue: ({ replication }) => (replication?.state === 'active' ? replication.lag.seconds : null),
      cell: ({ replication }) => <LagOf replication={replication} />,
    },
    {
      id: 'points',
      header: 'Points',
      align: 'end',
      sortValue: (vault) => vault.pointCount,
      cell: (vault) => formatCount(vault.pointCount),
    },
    {
      id: 'source',
      header: 'Source data',
      align: 'end',
      sortValue: (vault) => vault.sourceBytes,
      cell: (vault) => <Bytes value={vault.sourceBytes} />,
    },
    {
      id: 'stored',
      header: 'Stored',
      align: 'end',
      sortValue: (vault) => vault.storedBytes,
      cell: (vault) =>
        vault.capacity ? <CapacityMeter capacity={vault.capacity} /> : <Bytes value={vault.storedBytes} />,
    },
    {
      id: 'archived',
      header: 'In the archive',
      align: 'end',
      isHiddenAtFirst: true,
      sortValue: (vault) => vault.archive.storedBytes,
      cell: (vault) => <Bytes value={vault.archive.storedBytes} />,
    },
    {
      id: 'newest',
      header: 'Newest point',
      sortValue: (vault) => vault.newestPointAt,
      cell: (vault) => <RelativeTime at={vault.newestPointAt} />,
    },
    {
      id: 'encryption',
      header: 'Encryption',
      isHiddenAtFirst: true,
      sortValue: (vault) => encryptionWords[vault.encryption],
      cell: (vault) => encryptionWords[vault.encryption],
    },
    {
      id: 'group',
      header: 'Resource group',
      isHiddenAtFirst: true,
      sortValue: (vault) => vault.resourceGroup.name,
      cell: (vault) => vault.resourceGroup.name,
    },
    {
      id: 'tag',
      header: 'Tags',
      isHiddenAtFirst: tags.length === 0,
      searchText: (vault) => vault.tags.map(formatTag).join('\n'),
      ...(tags.length > 0 && {
        filter: {
          label: 'Tag',
          options: tags.map((tag) => ({ value: tag, label: tag })),
          valueOf: (vault: Vault) => vault.tags.map(formatTag),
        },
      }),
      cell: (vault) => <VaultTags tags={vault.tags} />,
    },
    {
      id: 'locked',
      header: 'Locked',
      isHiddenAtFirst: true,
      sortValue: (vault) => vault.lockedAt,
      cell: (vault) =>
        vault.lockedAt ? <RelativeTime at={vault.lockedAt} /> : <Nothing label="Not locked" />,
    },
    {
      id: 'created',
      header: 'Created',
      isHiddenAtFirst: true,
      sortValue: (vault) => vault.createdAt,
      cell: (vault) => <RelativeTime at={vault.createdAt} />,
    },
  ];
}

/** The other end of the vault's replication. */
function partnerOf({ id, replication }: Vault) {
  if (!replication) return null;
  return replication.source.vaultId === id ? replication.target : replication.source;
}

function Partner({ vault }: { vault: Vault }) {
  const partner = partnerOf(vault);
  if (!partner) return <Nothing label="Not replicated" />;
  const isGiving = vault.replication?.source.vaultId === vault.id;
  return (
    <>
      <span className={isGiving ? 'text-target' : 'text-source'}>
        {isGiving ? 'to ' : 'from '}
        <span className="wrap-anywhere">{partner.vaultName}</span>
      </span>
      <span className="block text-muted text-sm">{partner.accountName}</span>
    </>
  );
}

function LagOf({ replication }: { replication: Vault['replication'] }) {
  if (replication?.state !== 'active') return <Nothing label="No replication runs" />;
  return replication.lag.points > 0 ? formatDuration(replication.lag.seconds) : 'None';
}

function VaultName({ vault }: { vault: Vault }) {
  return (
    <div className="min-w-0">
      <span className="flex items-center gap-1.5">
        <Link href={vaultHref(vault.id, vault.region)} className="link wrap-anywhere">
          {vault.name}
        </Link>
        {vault.lockedAt && (
          <Tooltip content="Locked: its backup points stay until they expire.">
            <button type="button" aria-label="Locked" className="rounded-sm text-muted">
              <Lock className="size-3.5" aria-hidden />
            </button>
          </Tooltip>
        )}
      </span>
      <Id value={vault.id} className="flex font-normal" />
    </div>
  );
}

/** A vault's tags; the rest on hover when there are many. */
export function VaultTags({ tags }: { tags: Vault['tags'] }) {
  if (tags.length === 0) return <Nothing label="No tags" />;
  const [shown, rest] = [tags.slice(0, 3), tags.slice(3)];
  return (
    <span className="flex flex-wrap gap-1">
      {shown.map((tag) => (
        <Badge key={tag.key} className="max-w-48">
          <span className="truncate" title={formatTag(tag)}>
            {formatTag(tag)}
          </span>
        </Badge>
      ))}
      {rest.length > 0 && <span title={rest.map(formatTag).join(', ')}>+{rest.length}</span>}
    </span>
  );
}
