import { z } from 'zod';
import { displayName, isoTime } from '@/lib/schemas';

export const ResourceGroup = z.object({ id: z.string(), name: z.string(), createdAt: isoTime });
export type ResourceGroup = z.infer<typeof ResourceGroup>;
export const CreateResourceGroup = z.object({ name: displayName });
