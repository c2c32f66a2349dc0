import type { TargetKind } from '@/lib/jobs/schemas';
import type { SourceKind } from '@/lib/schemas';

interface RestoreKindRule {
  /** As a sentence has it: `Files of an ECS instance`. */
  what: string;
  target: TargetKind;
  /** Which hosts can take it; null where only a registered source can. */
  placement: 'ecs' | 'server' | 'any' | null;
  /** Whether the destination must stand in the region of the vault. */
  isSameRegion: boolean;
}

/** What each kind of data source is restored to: always to one of its own kind. */
export const restoreKinds: Record<SourceKind, RestoreKindRule> = {
  ecs_file: { what: 'Files of an ECS instance', target: 'host', placement: 'ecs', isSameRegion: true },
  local_file: { what: 'Files of a server', target: 'host', placement: 'server', isSameRegion: false },
  common_nas: { what: 'An on-premises NAS', target: 'host', placement: null, isSameRegion: false },
  nas: { what: 'A NAS file system', target: 'file_system', placement: null, isSameRegion: true },
  cpfs: { what: 'A CPFS file system', target: 'file_system', placement: null, isSameRegion: true },
  oss: { what: 'An OSS bucket', target: 'oss', placement: null, isSameRegion: true },
  tablestore: { what: 'Tablestore tables', target: 'tablestore', placement: null, isSameRegion: true },
  hana: { what: 'An SAP HANA database', target: 'hana', placement: null, isSameRegion: true },
  database_dump: { what: 'A database dump', target: 'host', placement: 'any', isSameRegion: false },
  disk: { what: 'A disk', target: 'disks', placement: null, isSameRegion: true },
  server: { what: 'A server', target: 'disks', placement: null, isSameRegion: true },
  container_image: { what: 'A container image', target: 'host', placement: 'any', isSameRegion: false },
};

/** Asked for by people who know them from elsewhere; said no to with this reason. */
export const unrestorableKinds = {
  vmware: {
    reason: 'vmware_not_restorable',
    explanation:
      'VMware virtual machines cannot be restored from a vault of this kind: their backups are not replicated. Restore them where they were backed up.',
  },
} as const;

/** Of disks and servers, which have their own verbs for it. */
export const madeFromBackup = {
  reason: 'made_from_backup',
  explanation:
    'A disk or a server is made from its backup: create a disk, an image or a server from it under Backups.',
} as const;
