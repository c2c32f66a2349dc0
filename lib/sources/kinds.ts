import type { SourceKind } from '@/lib/schemas';

interface SourceKindRule {
  word: string;
  /** Whether this version backs it up. */
  isAvailable: boolean;
}

export const sourceKinds: Record<SourceKind, SourceKindRule> = {
  ecs_file: { word: 'ECS files', isAvailable: true },
  local_file: { word: 'Server files', isAvailable: true },
  oss: { word: 'OSS buckets', isAvailable: true },
  nas: { word: 'File Storage NAS', isAvailable: true },
  common_nas: { word: 'On-premises NAS', isAvailable: true },
  tablestore: { word: 'Tablestore tables', isAvailable: true },
  cpfs: { word: 'CPFS file systems', isAvailable: true },
  hana: { word: 'SAP HANA databases', isAvailable: true },
  database_dump: { word: 'Database dumps', isAvailable: true },
  container_image: { word: 'Container images', isAvailable: true },
  disk: { word: 'Disks', isAvailable: true },
  server: { word: 'Servers', isAvailable: true },
};

/** Sources that are one stream: backed up by a command on the host and restored as one file. */
export function isStreamSource(kind: SourceKind): boolean {
  return kind === 'database_dump' || kind === 'container_image';
}

/** Sources whose own software decides when they are backed up, and gives its bytes to nobody else. */
export function startsOwnBackups(kind: SourceKind): boolean {
  return kind === 'hana';
}

export const ownBackupsRefusal = {
  reason: 'hana_starts_backups',
  message:
    'HANA starts its backups itself: start or schedule them in HANA, with Backint as their destination.',
} as const;
