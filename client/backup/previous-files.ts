import { type CachedFile, FileCacheReader, type FileStamp, isSameFile } from './file-cache';

export interface PreviousFile {
  file: CachedFile;
  /** The gateway is known to hold its chunks; otherwise it has to be asked. */
  isTrusted: boolean;
}

/** What earlier backups of the same paths know about files, asked in the order of the walk. */
export class PreviousFiles {
  private constructor(private readonly sources: { reader: FileCacheReader; isTrusted: boolean }[]) {}

  /**
   * A cache of the very point that the gateway compares with is trusted: the gateway keeps that point while the backup runs.
   * Other caches of the lineage only say what to ask for.
   */
  static async open(
    paths: readonly string[],
    current: { vaultId: string; lineageId: string; parentPointId: string | null },
  ): Promise<PreviousFiles> {
    const sources: { reader: FileCacheReader; isTrusted: boolean }[] = [];
    for (const path of paths) {
      const reader = await FileCacheReader.open(path);
      if (!reader) continue;
      const { vaultId, lineageId, pointId } = reader.header;
      if (vaultId !== current.vaultId || lineageId !== current.lineageId) await reader.close();
      else sources.push({ reader, isTrusted: pointId !== null && pointId === current.parentPointId });
    }
    return new PreviousFiles(sources.sort((a, b) => Number(b.isTrusted) - Number(a.isTrusted)));
  }

  /** The file as it was, if it has not changed since. Keys must ascend from call to call. */
  async findUnchanged(key: Buffer, stamp: FileStamp): Promise<PreviousFile | null> {
    let found: PreviousFile | null = null;
    for (const { reader, isTrusted } of this.sources) {
      const file = await reader.find(key);
      if (!found && file && isSameFile(file, stamp)) found = { file, isTrusted };
    }
    return found;
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map(({ reader }) => reader.close()));
  }
}
