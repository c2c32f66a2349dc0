import type { SourceKind } from '@/lib/schemas';

interface SourceKindRule {
  word: string;
}

export const sourceKinds: Record<SourceKind, SourceKindRule> = {
  ecs_file: { word: 'ECS files' },
  local_file: { word: 'Server files' },
  oss: { word: 'OSS buckets' },
  nas: { word: 'File Storage NAS' },
  common_nas: { word: 'On-premises NAS' },
  tablestore: { word: 'Tablestore tables' },
  cpfs: { word: 'CPFS file systems' },
  hana: { word: 'SAP HANA databases' },
  database_dump: { word: 'Database dumps' },
  container_image: { word: 'Container images' },
  disk: { word: 'Disks' },
  server: { word: 'Servers' },
};

/** The own files of a client's host: they come with it, and no config is needed to find them. */
export function isHostFiles(kind: SourceKind): boolean {
  return kind === 'ecs_file' || kind === 'local_file';
}

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
