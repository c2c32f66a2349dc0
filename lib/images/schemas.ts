import { z } from 'zod';
import { MakingProgress } from '@/lib/disks/schemas';
import { confirmation, description, displayName, isoTime, listPage, regionId } from '@/lib/schemas';

export const Image = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  region: z.string(),
  state: z.enum(['creating', 'available', 'deleting', 'error']),
  stateReason: z.string().nullable(),
  /** The backup it was registered from, which may be gone: an image holds its own bytes. */
  pointId: z.string(),
  sourceName: z.string(),
  flavour: z.string().nullable(),
  isEncrypted: z.boolean(),
  disks: z.array(
    z.object({
      position: z.number().int(),
      name: z.string(),
      sizeBytes: z.number(),
      allocatedBytes: z.number(),
    }),
  ),
  progress: MakingProgress.nullable(),
  createdBy: z.string(),
  createdAt: isoTime,
});
export type Image = z.infer<typeof Image>;

export const RegisterImage = z.object({
  pointId: z.string().min(1, 'Choose a backup.'),
  name: displayName,
  description,
});
export const ListImages = z.object({
  region: regionId.optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});
export const GetImage = z.object({ id: z.string() });
/** `confirm` is its name. */
export const DeleteImage = z.object({ id: z.string(), confirm: confirmation });
