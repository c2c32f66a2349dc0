import type { TreeRoot } from './tree/entry';

/** What a point protects. */
export type PointKind = 'files' | 'disk' | 'objects' | 'database';

/**
 * A backup point as the vault keeps it, sealed, in `points/<pointId>`. Written once and never changed; what can change
 * (lock, retention) is in facts. Copies keep all fields of their origin but `vaultId`.
 */
export interface PointManifest {
  pointId: string;
  vaultId: string;
  /** Whose naming key made the chunk names. */
  lineageId: string;
  kind: PointKind;
  root: TreeRoot;
  /** The data source, and the point this one was copied from, by the ids they have in their own accounts. */
  sourceId: string;
  origin: { vaultId: string; pointId: string } | null;
  /** Host name and the folders that were chosen, as shown to people. */
  host: string;
  paths: string[];
  startedAt: Date;
  finishedAt: Date;
  /** The point whose tree this backup was compared with. */
  parentPointId: string | null;
  /** Fixed when the point is made; null keeps it until it is deleted. */
  expiresAt: Date | null;
  stats: PointStats;
  /** Points from before this was written down have none. */
  source?: PointSource;
}

/** What the data source was, for an index that is made anew. Readers of bytes need none of it. */
export interface PointSource {
  /** A kind as the product names it: `hana`, `oss` … */
  kind: string;
  name: string;
  excludes: string[];
  /** Of an image or a dump: its format and tags. */
  stream?: unknown;
  /** Of a HANA database: whose backup it is, its level and its objects with their ids. */
  hana?: unknown;
}

export interface PointStats {
  files: number;
  dirs: number;
  symlinks: number;
  sourceBytes: number;
  /** Bytes that had to be read at the source and bytes that were new to the vault, before compression. */
  readBytes: number;
  newBytes: number;
  unreadable: number;
}
