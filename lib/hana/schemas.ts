import { z } from 'zod';
import { bytes, HanaLevel, isoTime } from '@/lib/schemas';

export const GetHanaInstance = z.object({ sourceId: z.string() });

/** What is kept of one database of an instance, in this account's own vaults. */
export const HanaDatabase = z.object({
  /** `<database>@<SID>` */
  user: z.string(),
  name: z.string(),
  /** Of each level; a backup of the catalog counts as LOG. */
  levels: z.array(
    z.object({ level: HanaLevel, newestAt: isoTime, pointCount: z.number().int(), sourceBytes: bytes }),
  ),
  newestCatalogAt: isoTime.nullable(),
  /** The newest complete backup, with what was saved of it over all calls. */
  newestComplete: z
    .object({
      backupId: z.string().nullable(),
      at: isoTime,
      objectCount: z.number().int(),
      /** As HANA has announced; null when it did not. */
      expectedCount: z.number().int().nullable(),
      sourceBytes: bytes,
      pointId: z.string(),
    })
    .nullable(),
  /** Between log backups made after the newest complete backup, as far as their names tell. */
  logGaps: z.array(z.object({ volume: z.number(), after: z.number(), before: z.number() })),
  /** Whether all names could be looked at. */
  isLogKnown: z.boolean(),
});
export type HanaDatabase = z.infer<typeof HanaDatabase>;

export const HanaInstance = z.object({ databases: z.array(HanaDatabase) });
export type HanaInstance = z.infer<typeof HanaInstance>;
