import { z } from 'zod';

/** A folder of a registered NAS or CPFS file system. */
export const FileSystemDestination = z.object({
  kind: z.literal('file_system'),
  sourceId: z.string().min(1, 'Choose a file system.'),
  /** From the root of the file system; `/` is the root itself. */
  path: z
    .string()
    .max(4096)
    .startsWith('/', 'Begin with a slash: / is the root of the file system.')
    .refine(
      (path) => !path.includes('\0') && !path.split('/').includes('..'),
      'Write the way down from the root, without "..".',
    ),
});
