import { z } from 'zod';

/** Pieces shared by the nouns' schemas. Times travel as ISO 8601 strings with an offset, sizes as whole bytes. */
export const isoTime = z.iso.datetime({ offset: true });
export const bytes = z.number().int().nonnegative();
export const accountUid = z.string().regex(/^[0-9]{16}$/, 'An account UID is 16 digits.');
export const displayName = z.string().trim().min(1, 'Enter a name.').max(64, 'At most 64 characters.');
export const description = z.string().trim().max(255, 'At most 255 characters.').default('');
export const regionId = z.string().regex(/^[a-z]{2}-[a-z0-9-]{2,30}$/, 'Not a region id.');

/**
 * A path inside a backup point. File names are raw bytes, so every byte outside A-Z a-z 0-9 - _ . ~ is written as
 * %XX and segments are joined with `/`; no leading slash; the empty string is the root.
 */
export const encodedPath = z
  .string()
  .max(16_384)
  .regex(/^(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*$/, 'Not an encoded path.');

/** What a backup point was made of. Kinds that no client can back up yet are listed too: vaults are made for them. */
export const SourceKind = z.enum([
  'ecs_file',
  'local_file',
  'oss',
  'nas',
  'common_nas',
  'tablestore',
  'cpfs',
  'hana',
  'database_dump',
  'container_image',
  'disk',
  'server',
]);
export type SourceKind = z.infer<typeof SourceKind>;

/** What a HANA database calls its backups; a backup of its catalog comes as LOG. */
export const HanaLevel = z.enum(['COMPLETE', 'DIFFERENTIAL', 'INCREMENTAL', 'LOG']);
export type HanaLevel = z.infer<typeof HanaLevel>;

/** Typed by hand to confirm a danger; must equal the name of the thing. */
export const confirmation = z.string().max(255);

export const listPage = {
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number<number | string>().int().min(1).max(200).default(50),
};

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.number().int().nonnegative(),
  });
}
/** A list that is never long enough to page. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}
