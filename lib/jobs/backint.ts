import { z } from 'zod';
import { HanaLevel } from '@/lib/schemas';

/** `<database>@<SID>`: whose backups something is about. */
export const hanaUser = z.string().regex(/^[^@\s/'"\\]{1,127}@[A-Z][A-Z0-9]{2}$/, 'It is <database>@<SID>.');

export const hanaBackupId = z.string().regex(/^[0-9]{1,20}$/, 'A backup id is a number.');

/** One call of the Backint agent for a backup. Several calls of one backup id belong together. */
export const BackintCall = z.object({
  /** Made by the agent, so that a call that is repeated because its answer was lost starts nothing twice. */
  callId: z.uuid(),
  user: hanaUser,
  level: HanaLevel,
  backupId: hanaBackupId.nullable(),
  /** How many objects belong to the backup id, over all its calls. */
  objectCount: z.number().int().nonnegative().nullable(),
});
export type BackintCall = z.infer<typeof BackintCall>;

/** An object as it was saved: the database finds it by its user, its id and its name. */
export const HanaObject = z.object({
  ebid: z.uuid(),
  path: z.string().startsWith('/').max(1024),
  bytes: z.number().int().nonnegative(),
});
export type HanaObject = z.infer<typeof HanaObject>;
export const maxObjectsPerCall = 1000;
export const HanaObjects = z.array(HanaObject).min(1).max(maxObjectsPerCall);

/** What a point of a HANA database keeps beside its tree. */
export const HanaDetails = BackintCall.omit({ callId: true }).extend({ objects: HanaObjects });
export type HanaDetails = z.infer<typeof HanaDetails>;
