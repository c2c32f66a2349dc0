import { type BigIntStats, lstatSync } from 'node:fs';
import { joinPath } from '@/lib/engine/core/walk';

type FolderState = 'folder' | 'missing' | 'in_the_way';

/** What stands at a restore's destination now, without following links below its root. */
export class DestinationView {
  /** Of the folder asked for last: entries come folder by folder. */
  #last: { path: Buffer; state: FolderState } | null = null;

  /** @param root null when the target folder is not there yet. */
  constructor(private readonly root: Buffer | null) {}

  /** Of a folder's whole path: a file or link in the place of one of its parts is in the way. */
  folderState(names: readonly Uint8Array[]): FolderState {
    if (!this.root) return 'missing';
    const whole = names.reduce<Buffer>((path, name) => joinPath(path, name), this.root);
    if (this.#last?.path.equals(whole)) return this.#last.state;
    let path = this.root;
    let state: FolderState = 'folder';
    for (const name of names) {
      path = joinPath(path, name);
      const found = lstat(path);
      state = !found ? 'missing' : found.isDirectory() ? 'folder' : 'in_the_way';
      if (state !== 'folder') break;
    }
    this.#last = { path: whole, state };
    return state;
  }

  find(folder: readonly Uint8Array[], name: Uint8Array): BigIntStats | null {
    if (!this.root || this.folderState(folder) !== 'folder') return null;
    return lstat(
      folder.reduce<Buffer>((path, part) => joinPath(path, part), this.root),
      name,
    );
  }
}

function lstat(path: Buffer, name?: Uint8Array): BigIntStats | null {
  const whole = name ? joinPath(path, name) : path;
  return lstatSync(whole, { bigint: true, throwIfNoEntry: false }) ?? null;
}
