import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { type FileAttributes, setFileAttributes } from './restore-attributes';
import { writeParts } from './restore-bytes';

/** A file to be made whole under a passing name. */
export interface NewFile {
  /** Leads to a held folder. Latin-1, so that no byte of it is lost. */
  path: string;
  sizeBytes: number;
  isSparse: boolean;
  attributes: FileAttributes;
}

export interface MadeFile {
  inode: bigint;
  /** What could not be set. */
  failures: string[];
}

/** What a system call said, in a form that crosses threads. */
export interface NotMade {
  error: { message: string; code?: string; syscall?: string; errno?: number };
}

export interface FilesJob {
  op: 'files';
  files: NewFile[];
  /** The bytes of each. */
  contents: Uint8Array[][];
}

/** Nothing may stand under the passing name, and no link in its place is followed. */
export function openNew(path: Buffer): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  return openSync(path, flags, 0o600);
}

export function makeFiles({ files, contents }: FilesJob): (MadeFile | NotMade)[] {
  return files.map((file, i) => {
    try {
      return makeFile(file, contents[i]!);
    } catch (thrown) {
      const { message, code, syscall, errno } = thrown as NodeJS.ErrnoException;
      return { error: { message, code, syscall, errno } };
    }
  });
}

function makeFile({ path, isSparse, attributes }: NewFile, parts: readonly Uint8Array[]): MadeFile {
  const fd = openNew(Buffer.from(path, 'latin1'));
  try {
    writeParts(fd, parts, isSparse);
    const failures = setFileAttributes(fd, attributes);
    return { inode: fstatSync(fd, { bigint: true }).ino, failures: failures.map(({ message }) => message) };
  } finally {
    closeSync(fd);
  }
}
