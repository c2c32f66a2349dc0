import { z } from 'zod';
import { MakingProgress } from '@/lib/disks/schemas';
import { confirmation, description, displayName, isoTime, listPage, regionId } from '@/lib/schemas';
import { Flavour } from './flavours';

export * from './flavours';

export const ServerState = z.enum([
  'creating',
  'stopped',
  'starting',
  'running',
  'stopping',
  'restoring',
  'deleting',
  'error',
]);

export const Server = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  region: z.string(),
  flavour: z.string(),
  state: ServerState,
  stateReason: z.string().nullable(),
  accelerator: z.enum(['kvm', 'tcg']).nullable(),
  startedAt: isoTime.nullable(),
  disks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      position: z.number().int(),
      sizeBytes: z.number(),
      allocatedBytes: z.number(),
      format: z.enum(['raw', 'qcow2']),
      isEncrypted: z.boolean(),
      state: z.string(),
    }),
  ),
  createdFrom: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('disks') }),
    z.object({ kind: z.literal('backup'), pointId: z.string() }),
    z.object({ kind: z.literal('image'), imageId: z.string() }),
  ]),
  /** While its disks are made or restored. */
  progress: MakingProgress.nullable(),
  sourceId: z.string().nullable(),
  newestBackupAt: isoTime.nullable(),
  createdBy: z.string(),
  createdAt: isoTime,
});
export type Server = z.infer<typeof Server>;

export const CreateServer = z.object({
  name: displayName,
  description,
  region: regionId,
  flavour: Flavour.default('small'),
  from: z.discriminatedUnion('kind', [
    /** Disks that are attached to no server, the one to start from first. */
    z.object({
      kind: z.literal('disks'),
      diskIds: z
        .array(z.string())
        .min(1, 'Choose at least one disk.')
        .max(16, 'At most 16 disks.')
        .refine((ids) => new Set(ids).size === ids.length, 'Name each disk once.'),
    }),
    z.object({ kind: z.literal('backup'), pointId: z.string().min(1, 'Choose a backup.') }),
    z.object({ kind: z.literal('image'), imageId: z.string().min(1, 'Choose an image.') }),
  ]),
});

export const ListServers = z.object({
  region: regionId.optional(),
  state: ServerState.optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});
export const GetServer = z.object({ id: z.string() });
export const UpdateServer = z.object({
  id: z.string(),
  name: displayName.optional(),
  description: z.string().trim().max(255).optional(),
  flavour: Flavour.optional(),
});
export const StartServer = z.object({ id: z.string() });
/** `isForced` ends the machine at once; otherwise its guest is asked, and has a minute. */
export const StopServer = z.object({ id: z.string(), isForced: z.boolean().default(false) });
/** Its disks go with it, or stay as they are. `confirm` is its name. */
export const DeleteServer = z.object({
  id: z.string(),
  isWithDisks: z.boolean().default(false),
  confirm: confirmation,
});
/** Puts the disks of a backup of this server in the place of its own. `confirm` is its name. */
export const RestoreServer = z.object({
  id: z.string(),
  pointId: z.string().min(1, 'Choose a backup.'),
  confirm: confirmation,
});
export const ServerConsole = z.object({ text: z.string() });
/** PNG as base64; null while no machine runs. */
export const ServerScreen = z.object({ png: z.string().nullable() });
export const MachineHost = z.object({
  isInstalled: z.boolean(),
  version: z.string().nullable(),
  accelerator: z.enum(['kvm', 'tcg']).nullable(),
});
export type MachineHost = z.infer<typeof MachineHost>;
export const NoInput = z.object({});
