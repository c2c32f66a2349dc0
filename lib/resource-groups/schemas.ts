import { z } from 'zod';
import { bytes, displayName, isoTime } from '@/lib/schemas';

export const ResourceGroup = z.object({
  id: z.string(),
  name: z.string(),
  vaultCount: z.number().int(),
  /** Of its vaults. */
  storedBytes: bytes,
  createdAt: isoTime,
});
export type ResourceGroup = z.infer<typeof ResourceGroup>;
export const CreateResourceGroup = z.object({ name: displayName });
export const UpdateResourceGroup = z.object({ id: z.string(), name: displayName });
export const DeleteResourceGroup = z.object({ id: z.string() });
