import type { Column } from '@/components/console/data-table/types';
import { Badge } from '@/components/ui/badge';
import { formatBytes, formatCount, plural } from '@/components/ui/format';
import { Bytes, RelativeTime } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import type { RegionStorage, RegionZone } from '@/lib/storage/schemas';

const words: Record<string, string> = {
  ecs_file: 'ECS files',
  local_file: 'Server files',
  oss: 'OSS',
  nas: 'NAS',
  common_nas: 'On-premises NAS',
  tablestore: 'Tablestore',
  cpfs: 'CPFS',
  hana: 'SAP HANA',
  database_dump: 'Database dumps',
  container_image: 'Container images',
};

export const regionColumns: Column<RegionStorage>[] = [
  {
    id: 'region',
    header: 'Region',
    isTitle: true,
    sortValue: (region) => region.name,
    searchText: (region) => `${region.name}\n${region.id}`,
    cell: (region) => (
      <div className="min-w-0">
        <span className="block">{region.name}</span>
        <span className="font-mono font-normal text-muted text-xs">{region.id}</span>
      </div>
    ),
  },
  {
    id: 'redundancy',
    header: 'Redundancy',
    sortValue: (region) => region.zones.length,
    filter: {
      label: 'Redundancy',
      options: [
        { value: 'ZRS', label: 'Zone-redundant (ZRS)' },
        { value: 'LRS', label: 'Locally redundant (LRS)' },
      ],
      valueOf: (region) => (region.zoneRedundancy ? 'ZRS' : 'LRS'),
    },
    cell: (region) => (
      <Badge tone={region.zoneRedundancy ? 'accent' : 'neutral'}>
        {region.zoneRedundancy ? 'ZRS' : 'LRS'}
      </Badge>
    ),
  },
  {
    id: 'zones',
    header: 'Zones',
    cell: (region) => (
      <ul className="flex min-w-56 flex-col gap-1">
        {region.zones.map((zone) => (
          <li key={zone.id}>
            <ZoneStatus zone={zone} />
          </li>
        ))}
      </ul>
    ),
  },
  {
    id: 'features',
    header: 'Offers',
    cell: (region) => (
      <span className="text-sm">
        {[
          region.vaultReplication ? 'Vault replication' : 'No vault replication',
          region.backupSharing ? 'backup sharing' : 'no backup sharing',
        ].join(', ')}
        <span className="block text-muted">
          {region.sourceKinds.map((kind) => words[kind] ?? kind).join(', ')}
        </span>
      </span>
    ),
  },
  {
    id: 'vaults',
    header: 'Vaults here',
    align: 'end',
    sortValue: (region) => region.vaultCount,
    cell: (region) => formatCount(region.vaultCount),
  },
  {
    id: 'stored',
    header: 'Stored data',
    align: 'end',
    sortValue: (region) => region.storedBytes,
    cell: (region) => <Bytes value={region.storedBytes} />,
  },
];

function ZoneStatus({ zone }: { zone: RegionZone }) {
  const { kind, word } = stateOf(zone);
  const medium = zone.medium === 'bucket' ? 'bucket' : zone.medium === 'folder' ? 'folder' : null;
  return (
    <Status kind={kind} detail={<ZoneDetail zone={zone} />}>
      Zone {zone.id}
      {medium && <span className="font-normal text-muted"> ({medium})</span>}: {word}
    </Status>
  );
}

function stateOf(zone: RegionZone): { kind: StatusKind; word: string } {
  if (zone.isReachable === null) return { kind: 'pending', word: 'not looked at yet' };
  if (!zone.isReachable) return { kind: 'danger', word: 'away' };
  if (zone.fillingVaults > 0) return { kind: 'running', word: 'being filled' };
  if (zone.owedObjects > 0) return { kind: 'running', word: 'being healed' };
  return { kind: 'success', word: 'well' };
}

function ZoneDetail({ zone }: { zone: RegionZone }) {
  const facts = [
    zone.owedObjects > 0 && `${plural(zone.owedObjects, 'object')} owed`,
    zone.fillingVaults > 0 && `${plural(zone.fillingVaults, 'vault')} to fill`,
    zone.isReachable && zone.freeBytes !== null && `${formatBytes(zone.freeBytes)} free`,
  ].filter(Boolean);
  return (
    <>
      {!zone.isReachable && zone.lastError && <span className="block">{zone.lastError}</span>}
      {facts.join(' · ')}
      {!zone.isReachable && zone.checkedAt && (
        <>
          {facts.length > 0 && ' · '}looked at <RelativeTime at={zone.checkedAt} />
        </>
      )}
    </>
  );
}
