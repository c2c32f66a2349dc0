import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ClientFolder } from '../config';

const headerBytes = 8;

/**
 * Remembers the last file that a restore has finished, in the order of the tree, so that a restore which goes on does not
 * write it again (and does not keep both of them).
 */
export class RestoreJournal {
  private constructor(
    private readonly fd: number,
    private readonly last: Buffer | null,
  ) {}

  static async open(path: string): Promise<RestoreJournal> {
    const last = decode(await readFile(path).catch(() => Buffer.alloc(0)));
    return new RestoreJournal(openSync(path, last ? 'r+' : 'w', 0o600), last);
  }

  /** Whether an earlier attempt finished this file. */
  isDone(key: Buffer): boolean {
    return this.last !== null && Buffer.compare(key, this.last) <= 0;
  }

  markDone(key: Buffer): void {
    const record = Buffer.alloc(headerBytes + key.length);
    record.writeUInt32BE(key.length, 0);
    record.writeUInt32BE(crc32(key), 4);
    record.set(key, headerBytes);
    writeSync(this.fd, record, 0, record.length, 0);
  }

  close(): void {
    closeSync(this.fd);
  }
}

export function journalPath(folder: ClientFolder, jobId: string): string {
  return folder.file('restores', `${jobId}.done`);
}

/** For a restore that has ended for good. */
export async function removeJournal(folder: ClientFolder, jobId: string): Promise<void> {
  await rm(journalPath(folder, jobId), { force: true });
}

function decode(record: Buffer): Buffer | null {
  if (record.length < headerBytes) return null;
  const key = record.subarray(headerBytes, headerBytes + record.readUInt32BE(0));
  return key.length === record.readUInt32BE(0) && crc32(key) === record.readUInt32BE(4) ? key : null;
}
