import type { FileSystem } from '@/lib/engine/core/store/folder-store';
import type { SeededRandom } from '@/scripts/demo/random';

interface FileNode {
  kind: 'file';
  bytes: Buffer;
  /** What a power cut leaves for sure: the bytes of the last sync. */
  synced: Buffer | null;
}
interface FolderNode {
  kind: 'folder';
  entries: Map<string, Node>;
  synced: Map<string, Node>;
}
type Node = FileNode | FolderNode;

/** A disk that says it has synced and has not: what the store must not survive, as a control. */
export type Lie = 'files_not_synced' | 'folders_not_synced';

const sector = 512;
const newFolder = (entries = new Map<string, Node>()): FolderNode => ({
  kind: 'folder',
  entries,
  synced: new Map(entries),
});

/**
 * A filesystem in memory that remembers what would survive a power cut: a file's bytes as of its last sync, a folder's
 * entries as of its own. `afterCut` tells one of the states it could be found in afterwards.
 */
export class CrashFiles {
  #operations = 0;

  private constructor(
    private readonly root: FolderNode,
    private readonly lie: Lie | null,
  ) {}

  static empty(lie: Lie | null = null): CrashFiles {
    return new CrashFiles(newFolder(), lie);
  }

  /** Called before every change and every sync, with their number. */
  onOperation: (operation: number) => void = () => {};

  /**
   * What a machine may find after a power cut now: each unsynced change to a folder happened or did not, each unsynced file
   * has any length up to its own, and sectors of it may be zeros.
   */
  afterCut(random: SeededRandom): CrashFiles {
    const files = new Map<FileNode, FileNode>();
    const surviveFile = (node: FileNode): FileNode => {
      const known = files.get(node);
      if (known) return known;
      const bytes = node.synced && random.next() < 0.5 ? node.synced : this.#torn(node, random);
      const survivor: FileNode = { kind: 'file', bytes, synced: bytes };
      files.set(node, survivor);
      return survivor;
    };
    const surviveFolder = (node: FolderNode): FolderNode => {
      const entries = new Map<string, Node>();
      for (const name of new Set([...node.synced.keys(), ...node.entries.keys()])) {
        const [before, now] = [node.synced.get(name), node.entries.get(name)];
        const found = before === now || random.next() < 0.5 ? now : before;
        if (found) entries.set(name, found.kind === 'file' ? surviveFile(found) : surviveFolder(found));
      }
      return newFolder(entries);
    };
    return new CrashFiles(surviveFolder(this.root), null);
  }

  #torn({ bytes, synced }: FileNode, random: SeededRandom): Buffer {
    if (synced?.equals(bytes)) return bytes;
    const length = random.next() < 0.5 ? bytes.length : random.int(bytes.length + 1);
    const found = Buffer.from(bytes.subarray(0, length));
    for (let at = 0; at < length; at += sector)
      if (random.next() < 0.1) found.fill(0, at, Math.min(at + sector, length));
    return found;
  }

  /** For a `FolderStore`. */
  get files(): FileSystem {
    const system = {
      open: async (path: string, flags = 'r') => this.#open(path, flags),
      mkdir: async (path: string, options?: { recursive?: boolean }) => this.#mkdir(path, options?.recursive),
      link: async (from: string, to: string) => this.#link(from, to),
      unlink: async (path: string) => {
        this.#begin();
        if (!this.#folderOf(path).entries.delete(nameOf(path))) throw failure('ENOENT', path);
      },
      stat: async (path: string) => statsOf(this.#find(path)),
      readdir: async (path: string, options?: { withFileTypes?: boolean }) => {
        const { entries } = this.#folder(path);
        const all = [...entries].map(([name, node]) => ({ name, ...statsOf(node) }));
        return options?.withFileTypes ? all : all.map(({ name }) => name);
      },
    };
    return system as unknown as FileSystem;
  }

  #begin(): void {
    this.onOperation(this.#operations++);
  }

  #open(path: string, flags: string) {
    if (flags === 'wx') {
      this.#begin();
      const { entries } = this.#folderOf(path);
      if (entries.has(nameOf(path))) throw failure('EEXIST', path);
      entries.set(nameOf(path), { kind: 'file', bytes: Buffer.alloc(0), synced: null });
    }
    const node = this.#find(path);
    const append = (parts: readonly Uint8Array[]) => {
      this.#begin();
      const file = node as FileNode;
      const before = file.bytes.length;
      file.bytes = Buffer.concat([file.bytes, ...parts]);
      return { bytesWritten: file.bytes.length - before };
    };
    return {
      writev: async (parts: readonly Uint8Array[]) => append(parts),
      write: async (part: Uint8Array, offset: number, length: number) =>
        append([part.subarray(offset, offset + length)]),
      read: async (into: Uint8Array, offset: number, length: number, position: number) => {
        const bytes = (node as FileNode).bytes.subarray(position, position + length);
        into.set(bytes, offset);
        return { bytesRead: bytes.length };
      },
      stat: async () => statsOf(node),
      sync: async () => {
        this.#begin();
        this.#sync(node);
      },
      close: async () => {},
    };
  }

  #sync(node: Node): void {
    if (node.kind === 'file') {
      if (this.lie !== 'files_not_synced') node.synced = Buffer.from(node.bytes);
    } else if (this.lie !== 'folders_not_synced') node.synced = new Map(node.entries);
  }

  #mkdir(path: string, isRecursive = false): void {
    this.#begin();
    let folder = this.root;
    const names = path.split('/').filter(Boolean);
    for (const [i, name] of names.entries()) {
      const found = folder.entries.get(name);
      const isLast = i === names.length - 1;
      if (found && isLast && !isRecursive) throw failure('EEXIST', path);
      if (!found && !isLast && !isRecursive) throw failure('ENOENT', path);
      const next = found ?? newFolder();
      if (next.kind !== 'folder') throw failure('ENOTDIR', path);
      if (!found) folder.entries.set(name, next);
      folder = next;
    }
  }

  #link(from: string, to: string): void {
    this.#begin();
    const { entries } = this.#folderOf(to);
    if (entries.has(nameOf(to))) throw failure('EEXIST', to);
    entries.set(nameOf(to), this.#find(from));
  }

  #folderOf(path: string): FolderNode {
    return this.#folder(path.slice(0, path.lastIndexOf('/')));
  }

  #folder(path: string): FolderNode {
    const node = this.#find(path);
    if (node.kind !== 'folder') throw failure('ENOTDIR', path);
    return node;
  }

  #find(path: string): Node {
    let node: Node = this.root;
    for (const name of path.split('/').filter(Boolean)) {
      const next: Node | undefined = node.kind === 'folder' ? node.entries.get(name) : undefined;
      if (!next) throw failure('ENOENT', path);
      node = next;
    }
    return node;
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function statsOf(node: Node) {
  const isFile = node.kind === 'file';
  return {
    size: isFile ? node.bytes.length : 0,
    mtime: new Date(0),
    isFile: () => isFile,
    isDirectory: () => !isFile,
  };
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
