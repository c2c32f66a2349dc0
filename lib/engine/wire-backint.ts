import { z } from 'zod';
import { BackintCall, HanaObject, hanaUser, maxObjectsPerCall } from '@/lib/jobs/backint';
import { JobOffer } from './wire';

/**
 * What the Backint agent of a SAP HANA instance and the gateway say to each other, beside the calls of a job. All of it is
 * about the instances that the calling client serves, and about what was prepared for them; everything else is not found.
 *
 *   POST /v1/backint/backup    StartBackintBackup   → JobOffer
 *   POST /v1/backint/restore   StartBackintRestore  → BackintRestore     (one job for each point that is read)
 *   POST /v1/backint/inquire   InquireObjects       → InquiredObjects
 *   POST /v1/backint/hide      HideObjects          → HiddenObjects      (hidden from inquire; no byte goes)
 *   POST /v1/jobs/:id/prepare-recovery {attempt}    → PreparedRecovery
 */
const instance = z.string().min(1).max(64);
/** Jobs that other processes of this host have in hands. */
const runningJobs = z.array(z.string()).max(1000);
const objectPath = z.string().max(4096);

export const StartBackintBackup = z.object({
  instance,
  /** Id or name; without it, the one vault that takes such backups. */
  vault: z.string().max(255).nullable(),
  call: BackintCall,
  /** Names of the objects, in the order of the call. */
  paths: z.array(objectPath).min(1).max(maxObjectsPerCall),
  runningJobs,
});

const ObjectQuery = z.object({ ebid: z.string().max(255).nullable(), path: objectPath.nullable() });
const objectQueries = z.array(ObjectQuery).min(1).max(maxObjectsPerCall);

export const InquireObjects = z.object({ instance, user: hanaUser, queries: objectQueries });
export const FoundObject = HanaObject.extend({ savedAt: z.iso.datetime({ offset: true }) });
/** For each query what was found, newest first. */
export const InquiredObjects = z.object({ answers: z.array(z.array(FoundObject)) });

export const StartBackintRestore = z.object({
  instance,
  user: hanaUser,
  queries: objectQueries,
  runningJobs,
});
export const BackintRestore = z.object({
  /** For each query its object and the job that reads it, or null. */
  answers: z.array(FoundObject.extend({ jobId: z.string() }).nullable()),
  offers: z.array(JobOffer),
});

export const HideObjects = z.object({
  instance,
  user: hanaUser,
  objects: z
    .array(z.object({ ebid: z.string().max(255), path: objectPath }))
    .min(1)
    .max(maxObjectsPerCall),
});
export const HiddenObjects = z.object({ isHidden: z.array(z.boolean()) });

export const PrepareRecovery = z.object({ attempt: z.number().int() });
export const PreparedRecovery = z.object({
  user: hanaUser,
  pointCount: z.number().int(),
  objectCount: z.number().int(),
  bytes: z.number().int(),
  availableUntil: z.iso.datetime({ offset: true }),
  /** To be run in this order on the database's host. */
  statements: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type PreparedRecovery = z.infer<typeof PreparedRecovery>;
