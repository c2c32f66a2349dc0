import { Time } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import type { Job } from '@/lib/jobs/schemas';
import { restoreKinds } from '@/lib/restores/schemas';
import { sourceKinds } from '@/lib/sources/schemas';

type Target = NonNullable<Job['destination']>;

/** Where a restore writes to, in few words: the place, and where in it. */
export function destinationWords(job: Job): string {
  const { destination: target } = job;
  if (!target) return '';
  const place = job.destinationSource ? job.destinationSource.name || 'a removed source' : '';
  switch (target.kind) {
    case 'host':
      return target.targetPath;
    case 'file_system':
      return target.path === '/' ? place : `${target.path} of ${place}`;
    case 'oss':
      return target.prefix ? `${target.prefix} in ${place}` : place;
    case 'tablestore':
      return target.tables.length === 0 ? place : `${tablesInWords(target.tables)} in ${place}`;
    case 'hana':
      return place;
    case 'disks':
      return `${target.resource === 'image' ? 'an' : 'a'} ${target.resource}`;
  }
}

const mostNamed = 2;

function tablesInWords(tables: { to: string }[]): string {
  const names = tables.slice(0, mostNamed).map(({ to }) => to);
  const rest = tables.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(' and ');
}

/** What a restore brings back, as the list of jobs tells them apart. */
export function restoreKindWord({ sourceKind }: Job): string {
  return sourceKind ? sourceKinds[sourceKind].word : 'Files';
}

/** The destination of a restore, item by item, each kind with its own. */
export function destinationItems(job: Job): SummaryItem[] {
  const { destination: target, destinationSource: source } = job;
  if (!target) return [];
  const place = {
    label: placeLabels[target.kind],
    value: source?.name || (source ? 'Removed' : job.client.name),
  };
  return [
    { label: 'Data source', value: restoreKindWord(job) },
    ...(target.kind === 'host' && !source ? [] : [place]),
    ...detailsOf(target),
  ];
}

const placeLabels: Record<Target['kind'], string> = {
  host: 'NAS',
  file_system: 'File system',
  oss: 'Bucket',
  tablestore: 'Instance',
  hana: 'Instance',
  disks: 'Destination',
};

const mono = (text: string) => <span className="wrap-anywhere font-mono">{text}</span>;
const recoveryWords = {
  most_recent: 'To the most recent state',
  point_in_time: 'To a point in time',
  specific_backup: 'To a specific backup',
  log_position: 'To a log position',
};

function detailsOf(target: Target): SummaryItem[] {
  switch (target.kind) {
    case 'host':
      return [{ label: 'Target path', value: mono(target.targetPath) }];
    case 'file_system':
      return [{ label: 'Folder', value: mono(target.path) }];
    case 'oss':
      return [{ label: 'Prefix', value: target.prefix ? mono(target.prefix) : 'None: the original keys' }];
    case 'tablestore':
      return [
        {
          label: 'Tables',
          value:
            target.tables.length === 0
              ? 'The original tables'
              : target.tables.map(({ from, to }) => (
                  <span key={from} className="block">
                    {mono(`${from} → ${to}`)}
                  </span>
                )),
        },
        { label: 'Rows that exist', value: target.overwriteExisting ? 'Overwritten' : 'Stay as they are' },
        { label: 'Batch channels', value: target.batchChannels },
      ];
    case 'hana':
      return recoveryOf(target);
    case 'disks':
      return [{ label: 'Disks', value: target.disks.length }];
  }
}

function recoveryOf(target: Extract<Target, { kind: 'hana' }>): SummaryItem[] {
  if (target.pipes)
    return [
      { label: 'Asked for by', value: 'The database, through its Backint agent' },
      { label: 'Backups of', value: mono(target.pipes.user) },
    ];
  return [
    { label: 'Recovery', value: recoveryWords[target.mode] },
    ...(target.recoverTo ? [{ label: 'Moment', value: <Time at={target.recoverTo} /> }] : []),
    ...(target.databaseName ? [{ label: 'Database', value: mono(target.databaseName) }] : []),
    { label: 'System copy', value: target.isSystemCopy ? 'Yes' : 'No' },
  ];
}

/** Whether something that exists is asked about at all by this kind. */
export function hasConflictPolicy({ sourceKind, destination }: Job): boolean {
  const target = destination?.kind ?? (sourceKind ? restoreKinds[sourceKind].target : 'host');
  return target === 'host' || target === 'file_system' || target === 'oss';
}
