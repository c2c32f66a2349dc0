import { z } from 'zod';
import { hanaBackupId, hanaUser } from '../backint';

export const HanaRecoveryMode = z.enum(['most_recent', 'point_in_time', 'specific_backup', 'log_position']);

/** A registered SAP HANA instance; the job's client is the agent on its host. */
export const HanaDestination = z.object({
  kind: z.literal('hana'),
  sourceId: z.string().min(1, 'Choose an instance.'),
  mode: HanaRecoveryMode.default('most_recent'),
  /** The database that is recovered; by default the one of that name. */
  databaseName: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,126}$/, 'Capital letters, digits and underscores.')
    .nullable()
    .default(null),
  /** Whether it is another system than the backup came from: HANA is then told the source. */
  isSystemCopy: z.boolean().default(false),
  /** With `point_in_time`. */
  recoverTo: z.iso.datetime({ offset: true }).nullable().default(null),
  /** With `specific_backup`: the prefix that the backup was made under, to recover without the catalog. */
  backupPrefix: z.string().max(255).nullable().default(null),
  /** With `log_position`. */
  logPosition: z.number().int().nonnegative().nullable().default(null),
  volumeId: z.number().int().nonnegative().nullable().default(null),
  /** With `specific_backup`: whether HANA finds the backup in the backed up catalog. */
  shouldUseCatalog: z.boolean().default(true),
  shouldCheckAccess: z.boolean().default(true),
  /** Empties the log area; what is in it and in no log backup is lost. */
  shouldClearLog: z.boolean().default(false),
  shouldUseDelta: z.boolean().default(true),
  /** Of a restore that the database itself asked its Backint agent for: the bytes go to its pipes. */
  pipes: z.object({ user: hanaUser, backupId: hanaBackupId.nullable() }).nullish(),
});
export type HanaDestination = z.infer<typeof HanaDestination>;

/** What a mode needs and is not there, by field; used by the form too. */
export function missingOfRecovery(given: Omit<HanaDestination, 'kind' | 'sourceId'>): Record<string, string> {
  const missing: Record<string, string> = {};
  if (given.pipes) missing.pipes = 'Only the Backint agent of a database asks for this.';
  if (given.mode === 'point_in_time' && !given.recoverTo)
    missing.recoverTo = 'Enter the moment to recover to.';
  if (given.mode === 'log_position' && given.logPosition === null)
    missing.logPosition = 'Enter the log position.';
  if (given.mode === 'log_position' && given.volumeId === null) missing.volumeId = 'Enter the volume.';
  if (given.mode === 'specific_backup' && !given.shouldUseCatalog && !given.backupPrefix)
    missing.backupPrefix = 'Enter the prefix of the backup, or use the catalog.';
  return missing;
}
