import { z } from 'zod';

export const HanaRecoveryMode = z.enum(['most_recent', 'point_in_time', 'specific_backup', 'log_position']);

/** A registered SAP HANA instance; the job's client is the agent on its host. */
export const HanaDestination = z.object({
  kind: z.literal('hana'),
  sourceId: z.string().min(1, 'Choose an instance.'),
  mode: HanaRecoveryMode.default('most_recent'),
  /** With `point_in_time`. */
  recoverTo: z.iso.datetime({ offset: true }).nullable().default(null),
  /** With `specific_backup`: the prefix that the backup was made under. */
  backupPrefix: z.string().max(255).nullable().default(null),
  /** With `log_position`. */
  logPosition: z.number().int().nonnegative().nullable().default(null),
  volumeId: z.number().int().nonnegative().nullable().default(null),
});
