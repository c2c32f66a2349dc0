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
