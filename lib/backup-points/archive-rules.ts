import { CrossvaultError } from '@/lib/errors';
import type { VaultKind } from '@/lib/vaults/schemas';

/**
 * A point stays this long in the standard tier, where the next backups build on it, restores are quick and its replica
 * exists: nobody can archive a replica away that is younger.
 */
export const leastStandardDays = 30;
/** What moves to the archive stays there at least this long: moving costs a whole copy. */
export const leastArchiveDays = 60;

/** Why points of this retention may not be archived after so many days, or null. */
export function archiveAfterRefusal(retentionDays: number, archiveAfterDays: number): string | null {
  if (!Number.isInteger(archiveAfterDays) || archiveAfterDays < leastStandardDays) {
    return `Backup points stay in the standard tier for at least ${leastStandardDays} days, because the next backups build on them.`;
  }
  const latest = retentionDays - leastArchiveDays;
  if (latest < leastStandardDays) {
    return (
      `Backup points that are archived are kept for at least ${leastStandardDays + leastArchiveDays} days: ` +
      `${leastStandardDays} in the standard tier and ${leastArchiveDays} in the archive. These are kept for ${retentionDays}.`
    );
  }
  if (archiveAfterDays > latest) {
    return (
      `Backup points stay in the archive tier for at least ${leastArchiveDays} days. With a retention of ` +
      `${retentionDays} days they can be archived after ${latest} days at the latest.`
    );
  }
  return null;
}

const dayMs = 86_400_000;

interface Archivable {
  tier: 'standard' | 'archive';
  createdAt: Date;
  expiresAt: Date;
  archiveAt: Date | null;
}

/**
 * Why a hand may not archive a point now, or null: the limits of a policy hold for people too.
 * @param leavesVault it is to move into an archive vault.
 */
export function archivingRefusal(
  vault: { kind: VaultKind; lockedAt: Date | null },
  point: Archivable,
  now: Date,
  leavesVault = false,
): CrossvaultError | null {
  if (point.tier === 'archive')
    return refuse('already_archived', 'This backup point is in the archive already.');
  if (vault.kind === 'replication_target') {
    return refuse(
      'replica_follows_source',
      'This is a copy. It is archived in its source vault, and its copy leaves this vault then.',
    );
  }
  if (vault.kind !== 'standard') {
    return refuse('kind_without_archiving', 'Only backup points of standard vaults are archived.');
  }
  if (point.archiveAt && point.archiveAt <= now) {
    return refuse('archiving_under_way', 'This backup point is on its way to the archive already.');
  }
  if (leavesVault && vault.lockedAt) {
    return new CrossvaultError(
      'locked',
      'The vault is locked, so its backup points stay in it. Archive it in the archive tier of its own vault.',
      { reason: 'vault_locked' },
    );
  }
  return limitRefusal(point, now);
}

function limitRefusal({ createdAt, expiresAt }: Archivable, now: Date): CrossvaultError | null {
  const earliest = new Date(createdAt.getTime() + leastStandardDays * dayMs);
  const latest = new Date(expiresAt.getTime() - leastArchiveDays * dayMs);
  if (earliest > now) {
    const never =
      earliest > latest
        ? ` It would then have to stay in the archive for ${leastArchiveDays} days, but it expires on ${dateOf(expiresAt)}.`
        : '';
    return refuse(
      'too_young_to_archive',
      `Backup points stay in the standard tier for at least ${leastStandardDays} days: this one can be archived from ` +
        `${dateOf(earliest)} on.${never}`,
    );
  }
  if (latest < now) {
    return refuse(
      'too_late_to_archive',
      `Backup points stay in the archive for at least ${leastArchiveDays} days, and this one expires on ` +
        `${dateOf(expiresAt)}.`,
    );
  }
  return null;
}

const dateOf = (at: Date) => at.toISOString().slice(0, 10);
const refuse = (reason: string, message: string) => new CrossvaultError('not_eligible', message, { reason });

interface ArchiveVaultFacts {
  id: string;
  kind: VaultKind;
  region: string;
  encryption: 'service' | 'kms';
  status: string;
}

/** Why points of a vault cannot move into an archive vault of the same account, or null. */
export function archiveVaultRefusal(
  from: Pick<ArchiveVaultFacts, 'region' | 'encryption'>,
  to: ArchiveVaultFacts,
): string | null {
  if (to.kind !== 'archive') return 'Choose an archive vault.';
  if (to.region !== from.region) return 'The archive vault has to be in the same region as the point.';
  if (to.encryption !== from.encryption) {
    return 'The archive vault has to use the same encryption method as the vault of the point.';
  }
  return to.status === 'created' ? null : 'The archive vault is not ready.';
}
