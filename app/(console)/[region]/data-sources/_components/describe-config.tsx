import type { SummaryItem } from '@/components/ui/summary';
import type { SourceConfig } from '@/lib/sources/schemas';

const labels: Record<string, string> = {
  endpoint: 'Endpoint',
  bucket: 'Bucket',
  storageRegion: 'Region of the service',
  preset: 'Service',
  includes: 'Only these objects',
  excludes: 'Not these objects',
  listsVersions: 'Older versions',
  instance: 'Instance',
  fileSystemId: 'File system',
  mountPath: 'Mounted at',
  mountSource: 'Export',
  sid: 'SID',
  instanceNumber: 'Instance number',
  databases: 'Databases',
  dataRetentionDays: 'Data backups are kept, days',
  logRetentionDays: 'Log backups are kept, days',
};

/** What of a config a reader needs, in the order in which its form asks for it. */
export function describeConfig(config: SourceConfig | null): SummaryItem[] {
  return Object.entries(config ?? {}).flatMap(([field, value]) => {
    const label = labels[field];
    const text = textOf(value);
    if (!label || text === '') return [];
    return [{ label, value: <span className="wrap-anywhere font-mono text-sm">{text}</span> }];
  });
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'boolean') return value ? 'Listed' : 'Not listed';
  return String(value ?? '');
}
