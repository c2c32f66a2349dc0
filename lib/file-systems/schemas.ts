import { z } from 'zod';
import { isoTime } from '@/lib/schemas';

export const FileSystemKind = z.enum(['nas', 'cpfs']);
export type FileSystemKind = z.infer<typeof FileSystemKind>;

/** As its account sees it: where it lies on the engine's machines is the operator's business. */
export const FileSystem = z.object({
  id: z.string(),
  region: z.string(),
  kind: FileSystemKind,
  name: z.string(),
  check: z.object({
    state: z.enum(['ok', 'failed']),
    /** What is wrong. */
    message: z.string().nullable(),
    at: isoTime,
  }),
  createdAt: isoTime,
});
export type FileSystem = z.infer<typeof FileSystem>;

export const ListFileSystems = z.object({
  region: z.string().optional(),
  kind: FileSystemKind.optional(),
});

/** What the operator says of a file system that is mounted on the engines' machines. */
export const NewFileSystem = z.object({
  accountId: z.string().regex(/^\d{16}$/, 'An account id has 16 digits.'),
  region: z.string().min(1, 'Name the region.'),
  kind: FileSystemKind,
  name: z.string().trim().min(1, 'Give it a name.').max(64, 'A name has up to 64 characters.'),
  mountPath: z
    .string()
    .max(1024)
    .refine((path) => path.startsWith('/') && !path.includes('\0'), 'Write the whole path, from the root.')
    .transform((path) => path.replace(/(?<=.)\/+$/, '')),
});
export type NewFileSystem = z.infer<typeof NewFileSystem>;
