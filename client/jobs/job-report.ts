import type { JobReport, RestoreChanges } from '@/lib/jobs/schemas';
import { printable } from '../format';

const maxListed = 1000;
/** Of the list as a whole: it is kept with the job and shown in one page. */
const maxListedBytes = 512 * 1024;

/** What a job met, for the console. Lists up to a thousand entries that were left out, and counts all. */
export class ReportBuilder {
  files = 0;
  folders = 0;
  symlinks = 0;
  unchangedFiles = 0;
  skippedCount = 0;
  /** Set by a restore that counts what it changes. */
  changes: RestoreChanges | null = null;
  readonly #skipped: JobReport['skipped'] = [];
  #listedBytes = 0;

  skip(path: string | Uint8Array, reason: string): void {
    this.skippedCount++;
    const entry = { path: printable(path).slice(0, 4096), reason: printable(reason).slice(0, 500) };
    this.#listedBytes += Buffer.byteLength(JSON.stringify(entry));
    if (this.#skipped.length < maxListed && this.#listedBytes <= maxListedBytes) this.#skipped.push(entry);
  }

  build(): JobReport {
    const { files, folders, symlinks, unchangedFiles, skippedCount, changes } = this;
    const counts = { files, folders, symlinks, unchangedFiles, skippedCount };
    return { ...counts, skipped: this.#skipped, ...(changes && { changes }) };
  }
}

/** A system error in words; others by their message. */
export function explainFileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission';
    case 'ENOENT':
      return 'not there any more';
    case 'ELOOP':
      return 'became a link';
    case 'EIO':
      return 'the disk could not read it';
    case 'ESTALE':
      return 'the network share lost it';
    case 'ENOSPC':
      return 'no space left';
    case 'EROFS':
      return 'the filesystem is read-only';
    case 'ENAMETOOLONG':
      return 'its name is too long here';
    default:
      return message;
  }
}
