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
  findUnchanged(key: Buffer, stamp: FileStamp): PreviousFile | null | Promise<PreviousFile | null> {
    const files = this.sources.map(({ reader }) => reader.find(key));
    return files.some((file) => file instanceof Promise)
      ? Promise.all(files).then((all) => this.#firstUnchanged(all, stamp))
      : this.#firstUnchanged(files as (CachedFile | null)[], stamp);
  }

  #firstUnchanged(files: (CachedFile | null)[], stamp: FileStamp): PreviousFile | null {
    const at = files.findIndex((file) => file && isSameFile(file, stamp));
    return at < 0 ? null : { file: files[at]!, isTrusted: this.sources[at]!.isTrusted };
  }

  async close(): Promise<void> {
    await Promise.all(this.sources.map(({ reader }) => reader.close()));
  }
}
