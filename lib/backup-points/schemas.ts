import { z } from 'zod';
import { bytes, confirmation, encodedPath, HanaLevel, isoTime, listPage, SourceKind } from '@/lib/schemas';
import { VaultKind } from '@/lib/vaults/schemas';

export {
  archiveAfterRefusal,
  archiveVaultRefusal,
  leastArchiveDays,
  leastStandardDays,
} from './archive-rules';

export const Tier = z.enum(['standard', 'archive']);

export const BackupPoint = z.object({
  id: z.string(),
  vault: z.object({
    id: z.string(),
    name: z.string(),
    kind: VaultKind,
    region: z.string(),
  }),
  source: z.object({ id: z.string(), kind: SourceKind, name: z.string() }),
  origin: z.object({ accountId: z.string(), vaultId: z.string(), pointId: z.string() }),
  isReplica: z.boolean(),
  /** Of a copy: what it follows. Its lifecycle is that of the source point; it belongs to no policy of its own. */
  follows: z.object({ vaultName: z.string(), accountName: z.string(), isRunning: z.boolean() }).nullable(),
  paths: z.array(z.string()),
  /** Patterns that its backup left out. */
  excludes: z.array(z.string()),
  /** Of a container image: the layout of its archive and the tags that its manifest names. */
  image: z.object({ format: z.enum(['docker', 'oci']), tags: z.array(z.string()) }).nullable(),
  /** Of SAP HANA: whose backup it is, `<database>@<SID>`, and what HANA calls it. */
  hana: z.object({ user: z.string(), level: HanaLevel, backupId: z.string().nullable() }).nullable(),
  sourceBytes: bytes,
  addedBytes: bytes,
  fileCount: bytes,
  folderCount: bytes,
  skippedCount: bytes,
  retentionDays: z.number().int(),
  createdAt: isoTime,
  expiresAt: isoTime,
  tier: Tier,
  /** When it is to move to the archive tier, for a point in the standard tier. */
  archiveAt: isoTime.nullable(),
  archivedAt: isoTime.nullable(),
  /** While it is on its way: sealed bytes copied of those planned so far, and why it stands still. */
  archiving: z
    .object({
      bytesDone: bytes,
      bytesTotal: bytes,
      rateBytesPerSecond: bytes,
      error: z.string().nullable(),
    })
    .nullable(),
  /** Whether a hand may archive it now, and if not, why. */
  canArchive: z.boolean(),
  archiveRefusal: z.string().nullable(),
  /** A replica whose source point was archived: when it goes, and since when someone holds it. */
  removal: z.object({ removeAt: isoTime, heldAt: isoTime.nullable() }).nullable(),
  /** Made under the promise that the newest such point outlives its date. */
  keepsNewest: z.boolean(),
  /** Which policy made it and why it is kept for so long; null for a backup by hand and for a copy. */
  policy: z
    .object({
      id: z.string(),
      name: z.string(),
      ruleName: z.string(),
      retentionReason: z.string().nullable(),
      isDeleted: z.boolean(),
    })
    .nullable(),
  isLocked: z.boolean(),
  /** Whether a hand may delete it now, and if not, why. */
  canDelete: z.boolean(),
  deleteRefusal: z.string().nullable(),
  replicated: z.enum(['yes', 'pending', 'no', 'not_applicable']),
});
export type BackupPoint = z.infer<typeof BackupPoint>;

export const ListBackupPoints = z.object({
  vaultId: z.string().optional(),
  sourceId: z.string().optional(),
  sourceKind: SourceKind.optional(),
  region: z.string().optional(),
  tier: Tier.optional(),
  /** Of the vault. */
  resourceGroupId: z.string().optional(),
  query: z.string().trim().max(100).optional(),
  ...listPage,
});

export const Entry = z.object({
  /** The name as text; bytes that are no UTF-8 show as the replacement character. */
  name: z.string(),
  path: encodedPath,
  type: z.enum(['folder', 'file', 'symlink', 'other']),
  /** A file's size, or the sum below a folder. */
  sizeBytes: bytes,
  /** Files below a folder; 1 for a file. */
  fileCount: bytes,
  mode: z.number().int(),
  modifiedAt: isoTime,
  linkTarget: z.string().nullable(),
});
export type Entry = z.infer<typeof Entry>;

export const ListEntries = z.object({
  pointId: z.string(),
  path: encodedPath.default(''),
  cursor: z.string().max(2048).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export const EntryPage = z.object({ entries: z.array(Entry), nextCursor: z.string().nullable() });

/** `query` is part of a name; with a slash in it, of a path. Capitals do not matter. */
export const SearchEntries = z.object({
  pointId: z.string(),
  query: z.string().trim().min(1, 'Enter a part of a name.').max(255),
  cursor: encodedPath.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
/** An empty page with a cursor is not the last: so many entries were looked at. */
export const EntrySearch = EntryPage.extend({ scannedCount: bytes });

/** A name, a part of one, or a path from the root; `*`, `?` and, over folders, `**` stand for anything. */
export const SearchPoints = z.object({
  query: z.string().trim().min(1, 'Enter a name or a path.').max(1000),
  sourceId: z.string().optional(),
  vaultId: z.string().optional(),
  cursor: z.string().max(512).optional(),
});
const matches = {
  /** The first of them. */
  entries: z.array(Entry),
  matchCount: z.number().int(),
  /** The point holds so much that it was looked at in part only. */
  isCut: z.boolean(),
};
export const FoundInPoint = z.object({ pointId: z.string(), ...matches });
export const PointSearch = z.object({
  items: z.array(
    z.object({
      point: z.object({
        id: z.string(),
        createdAt: isoTime,
        sourceName: z.string(),
        vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
      }),
      ...matches,
    }),
  ),
  /** Points that were looked at for this page. */
  searchedCount: z.number().int(),
  /** Points further back; null when all have been looked at. */
  nextCursor: z.string().nullable(),
});
export type PointSearch = z.infer<typeof PointSearch>;

/** `confirm` is the point's id. */
export const DeleteBackupPoint = z.object({ id: z.string(), confirm: confirmation });

/** Into the archive tier of its own vault, or into an archive vault of the account. */
export const ArchiveBackupPoint = z.object({
  id: z.string(),
  archiveVaultId: z.string().nullable().default(null),
});

/** A file as it is, or a folder as an archive; the empty path is the root of the point. */
export const CreateDownloadTicket = z.object({
  pointId: z.string(),
  path: encodedPath,
  format: z.enum(['file', 'tar', 'zip']).default('file'),
});
/** A gateway address that works once, within 60 seconds, for this user, point and path. */
export const DownloadTicket = z.object({ url: z.string(), expiresAt: isoTime });
export const GetBackupPoint = z.object({ id: z.string() });
