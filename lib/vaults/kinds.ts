import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';
import type { SourceKind } from '@/lib/schemas';
import { sourceKinds } from '@/lib/sources/schemas';

export const VaultKind = z.enum([
  'standard',
  'replication_target',
  'archive',
  'database',
  'container',
  'server_backup',
  'disk_backup',
  'trial_oss',
  'trial_nas',
  'trial_tablestore',
]);
export type VaultKind = z.infer<typeof VaultKind>;

export interface VaultKindRule {
  word: string;
  /** What it is for, in a sentence. */
  purpose: string;
  /** How points come in: from clients, from a replication, or when another vault archives them. */
  intake: 'backups' | 'replicas' | 'archived_points';
  /** A point of another kind of source is refused, by the database too. */
  sources: readonly SourceKind[];
  canReplicate: boolean;
  canBeLocked: boolean;
  canBeShared: boolean;
  /** The limit it counts towards beside the account's limit on all vaults; null for none. */
  ownQuota: 'replication_targets' | null;
  /** How long it may be used for; null without end. */
  trialDays: number | null;
  /** Bought as so many GiB, which is what it costs by and what its backups fit into. */
  hasCapacity: boolean;
}

export const trialDays = 30;

const everyday: readonly SourceKind[] = [
  'ecs_file',
  'local_file',
  'oss',
  'nas',
  'common_nas',
  'tablestore',
  'cpfs',
  'hana',
];

const ordinary = {
  intake: 'backups',
  canReplicate: false,
  canBeLocked: true,
  canBeShared: false,
  ownQuota: null,
  trialDays: null,
  hasCapacity: false,
} as const;

const trial = { ...ordinary, canBeLocked: false, trialDays } as const;

/** The one table of what each kind of vault does. The database holds the same; a test compares the two. */
export const vaultKinds: Record<VaultKind, VaultKindRule> = {
  standard: {
    ...ordinary,
    word: 'Standard',
    purpose:
      'Keeps backup points of servers and of the other sources of this account, and can be replicated.',
    sources: everyday,
    canReplicate: true,
  },
  replication_target: {
    ...ordinary,
    word: 'Replication target',
    purpose: 'Takes copies from one vault, of another account or of another region. You can restore from it.',
    intake: 'replicas',
    sources: everyday,
    canBeShared: true,
    ownQuota: 'replication_targets',
  },
  archive: {
    ...ordinary,
    word: 'Archive',
    purpose: 'Keeps points that policies have moved out of a standard vault, for a long time at a low price.',
    intake: 'archived_points',
    sources: everyday,
  },
  database: {
    ...ordinary,
    word: 'Database',
    purpose: 'Takes dumps that a database’s own command writes, as streams, from a backup client.',
    sources: ['database_dump'],
  },
  container: {
    ...ordinary,
    word: 'Container',
    purpose: 'Takes container images saved by docker or in the OCI layout, from a backup client.',
    sources: ['container_image'],
  },
  server_backup: {
    ...ordinary,
    word: 'Server backup',
    purpose:
      'Takes backups of whole servers with all their disks, which can be shared with other projects of the region.',
    sources: ['server'],
    hasCapacity: true,
  },
  disk_backup: {
    ...ordinary,
    word: 'Disk backup',
    purpose: 'Takes backups of single disks, which can be shared with other projects of the region.',
    sources: ['disk'],
    hasCapacity: true,
  },
  trial_oss: {
    ...trial,
    word: 'OSS trial',
    purpose: `Backs up OSS buckets, free of charge for ${trialDays} days.`,
    sources: ['oss'],
  },
  trial_nas: {
    ...trial,
    word: 'NAS trial',
    purpose: `Backs up File Storage NAS, free of charge for ${trialDays} days.`,
    sources: ['nas'],
  },
  trial_tablestore: {
    ...trial,
    word: 'Tablestore trial',
    purpose: `Backs up Tablestore tables, free of charge for ${trialDays} days.`,
    sources: ['tablestore'],
  },
};

export const isTrial = (kind: VaultKind): boolean => vaultKinds[kind].trialDays !== null;

/** Kinds of vault into which a backup of this kind of source may go. */
export function kindsTaking(source: SourceKind): VaultKind[] {
  return VaultKind.options.filter((kind) => {
    const rule = vaultKinds[kind];
    return rule.intake === 'backups' && rule.sources.includes(source);
  });
}

/** `OSS buckets`, or `Server files, ECS files and 6 others`. */
export function sourcesInWords(kind: VaultKind): string {
  const words = vaultKinds[kind].sources.map((source) => sourceKinds[source].word);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Why a backup of this kind of source cannot go into this kind of vault, or null. */
export function intakeRefusal(kind: VaultKind, source: SourceKind): CrossvaultError | null {
  const { intake, sources, word } = vaultKinds[kind];
  if (intake === 'replicas') {
    return new CrossvaultError(
      'not_eligible',
      'A replication target vault only takes what is replicated into it. Choose a standard vault.',
      { reason: 'replication_target_takes_no_backups' },
    );
  }
  if (intake === 'archived_points') {
    return new CrossvaultError(
      'not_eligible',
      'An archive vault only takes points that are archived into it. Choose a standard vault.',
      { reason: 'archive_takes_no_backups' },
    );
  }
  if (sources.includes(source)) return null;
  const choice = kindsTaking(source).map((taking) => vaultKinds[taking].word);
  return new CrossvaultError(
    'not_eligible',
    `A vault of the kind ${word} takes ${sourcesInWords(kind)} only. ` +
      `Choose a vault of the kind ${choice.join(' or ')} for ${sourceKinds[source].word}.`,
    { reason: 'vault_takes_other_sources' },
  );
}
