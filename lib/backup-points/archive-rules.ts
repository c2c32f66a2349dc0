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
  if (retentionDays - archiveAfterDays < leastArchiveDays) {
    return (
      `Backup points stay in the archive tier for at least ${leastArchiveDays} days. With a retention of ` +
      `${retentionDays} days they can be archived after ${retentionDays - leastArchiveDays} days at the latest` +
      `${retentionDays - leastArchiveDays < leastStandardDays ? ', which is too early: keep them longer.' : '.'}`
    );
  }
  return null;
}
