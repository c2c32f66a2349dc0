import { randomBytes } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CrossvaultError } from '@/lib/errors';
import { defaultListLimit, objectMissing, rangeOutside, requireObjectName } from './object-names';
import type { ByteRange, ObjectPage, ObjectStat, ObjectStore, StoredObject } from './object-store';

/** Unfinished writes; no object name starts with a dot. */
const tempFolder = '.tmp';

/** What a folder store asks of a filesystem. */
export type FileSystem = Pick<typeof nodeFiles, 'link' | 'mkdir' | 'open' | 'readdir' | 'stat' | 'unlink'>;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function unavailable(what: string, cause: unknown): CrossvaultError {
  if (cause instanceof CrossvaultError) return cause;
  return new CrossvaultError(
    'storage_unavailable',
    `The storage folder could not ${what} (${codeOf(cause)}).`,
    {
      cause,
    },
  );
}

/**
 * What is written by one call. The page cache takes pages of up to the length of a write: whole packs took two to five times the
 * system time of this, because such pages are rarely ones that were in use before.
 */
const writeBytes = 256 * 1024;

/** Cuts parts, and joins them, into batches of `writeBytes`. */
function* batchesOf(parts: readonly Uint8Array[]): Generator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let room = writeBytes;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const piece = part.subarray(at, at + room);
      batch.push(piece);
      at += piece.length;
      room -= piece.length;
      if (room > 0 && batch.length < 256) continue;
      yield batch;
      batch = [];
      room = writeBytes;
    }
  }
  if (batch.length > 0) yield batch;
}

async function writeAll(file: nodeFiles.FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (const batch of batchesOf(parts)) {
    let { bytesWritten } = await file.writev(batch);
    // A short write leaves a tail; it is finished part by part.
    for (const part of batch) {
      const done = Math.min(bytesWritten, part.length);
      bytesWritten -= done;
      for (let at = done; at < part.length; ) {
        at += (await file.write(part, at, part.length - at)).bytesWritten;
      }
    }
  }
}

/** Objects as files below a folder, on a filesystem with hard links. */
export class FolderStore implements ObjectStore {
  /** Folders known to exist durably: saves syncing their parents again. */
  readonly #durableFolders = new Set<string>();

  constructor(
    readonly root: string,
    private readonly files: FileSystem = nodeFiles,
  ) {}

  async putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'> {
    const path = join(this.root, requireObjectName(name));
    const folder = dirname(path);
    const temp = join(this.root, tempFolder, randomBytes(12).toString('hex'));
    try {
      await this.#makeFolder(join(this.root, tempFolder));
      await this.#makeFolder(folder);
      await this.#writeTemp(temp, bytes instanceof Uint8Array ? [bytes] : bytes);
      return await this.#publish(temp, path, folder);
    } catch (error) {
      this.#durableFolders.clear();
      throw unavailable(`write ${name}`, error);
    } finally {
      await this.files.unlink(temp).catch(() => {});
    }
  }

  async get(name: string, range?: ByteRange, into?: Uint8Array): Promise<Uint8Array> {
    const path = join(this.root, requireObjectName(name));
    let file: nodeFiles.FileHandle | undefined;
    try {
      file = await this.files.open(path, 'r');
      const { offset, length } = range ?? { offset: 0, length: (await file.stat()).size };
      const bytes = into?.length === length ? into : Buffer.allocUnsafeSlow(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) throw rangeOutside(name, { offset, length }, (await file.stat()).size);
        done += bytesRead;
      }
      return bytes;
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') throw objectMissing(name, error);
      throw unavailable(`read ${name}`, error);
    } finally {
      await file?.close();
    }
  }

  async list(prefix: string, options: { after?: string; limit?: number } = {}): Promise<ObjectPage> {
    const { after = '', limit = defaultListLimit } = options;
    const objects: StoredObject[] = [];
    try {
      for await (const name of this.#walk('', prefix, after)) {
        if (objects.length === limit) return { objects, next: objects.at(-1)!.name };
        const found = await this.stat(name);
        if (found) objects.push({ name, sizeBytes: found.sizeBytes });
      }
    } catch (error) {
      throw unavailable(`list ${prefix}`, error);
    }
    return { objects, next: null };
  }

  async delete(name: string): Promise<void> {
    const path = join(this.root, requireObjectName(name));
    try {
      await this.files.unlink(path).catch((error) => {
        if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
      });
      // Also when it was gone already: an earlier attempt may have failed before its sync.
      await this.#syncFolder(dirname(path)).catch((error) => {
        if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
      });
    } catch (error) {
      throw unavailable(`delete ${name}`, error);
    }
  }

  async stat(name: string): Promise<ObjectStat | null> {
    try {
      const found = await this.files.stat(join(this.root, requireObjectName(name)));
      return found.isFile() ? { name, sizeBytes: found.size, modifiedAt: found.mtime } : null;
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
      throw unavailable(`look at ${name}`, error);
    }
  }

  /** Removes what writers that died left behind. @param before leave what was touched since: it may be in use. */
  async sweepUnfinished(before: Date): Promise<number> {
    const folder = join(this.root, tempFolder);
    let removed = 0;
    for (const name of await this.files.readdir(folder).catch(() => [])) {
      const found = await this.files.stat(join(folder, name)).catch(() => null);
      if (!found || found.mtime >= before) continue;
      await this.files.unlink(join(folder, name)).catch(() => {});
      removed++;
    }
    return removed;
  }

  async #writeTemp(temp: string, parts: readonly Uint8Array[]): Promise<void> {
    const file = await this.files.open(temp, 'wx', 0o600);
    try {
      await writeAll(file, parts);
      // After a failed sync the kernel may drop the pages and report success next time: the file is given up.
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #publish(temp: string, path: string, folder: string): Promise<'created' | 'exists'> {
    let answer: 'created' | 'exists' = 'created';
    try {
      await this.files.link(temp, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      answer = 'exists';
    }
    // Also for `exists`: its writer may not have come to its own sync.
    await this.#syncFolder(folder);
    return answer;
  }

  async #syncFolder(path: string): Promise<void> {
    const folder = await this.files.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** Makes a folder and its parents durable. A later loss of the folder (deleted by hand) is noticed by the write. */
  async #makeFolder(folder: string): Promise<void> {
    if (this.#durableFolders.has(folder)) return;
    if (folder !== this.root && dirname(folder) !== folder) await this.#makeFolder(dirname(folder));
    await this.files.mkdir(folder, { recursive: folder === this.root }).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await this.#syncFolder(dirname(folder));
    this.#durableFolders.add(folder);
  }

  async *#walk(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    const items = await this.files
      .readdir(join(this.root, folder), { withFileTypes: true })
      .catch((error) => {
        if (codeOf(error) === 'ENOENT') return [];
        throw error;
      });
    const names = items
      .filter((item) => !item.name.startsWith('.') && (item.isDirectory() || item.isFile()))
      .map((item) => folder + item.name + (item.isDirectory() ? '/' : ''))
      .sort();
    for (const name of names) {
      const mayMatch = name.endsWith('/')
        ? name.startsWith(prefix) || prefix.startsWith(name)
        : name.startsWith(prefix);
      if (!mayMatch) continue;
      if (!name.endsWith('/')) {
        if (name > after) yield name;
      } else if (name > after || after.startsWith(name)) {
        yield* this.#walk(name, prefix, after);
      }
    }
  }
}
