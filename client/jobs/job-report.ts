import type { JobReport, RestoreChanges } from '@/lib/jobs/schemas';
import { printable } from '../format';

const maxListed = 1000;
/** Of the list as a whole: it is kept with the job and shown in one page. */
const maxListedBytes = 512 * 1024;
/** With the one about what vanished, as many as a report may have. */
const maxNotes = 19;

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
  readonly #vanished: { count: number; first: string } = { count: 0, first: '' };
  readonly #notes: string[] = [];
  #listedBytes = 0;

  skip(path: string | Uint8Array, reason: string): void {
    this.skippedCount++;
    const entry = { path: printable(path).slice(0, 4096), reason: printable(reason).slice(0, 500) };
    this.#listedBytes += Buffer.byteLength(JSON.stringify(entry));
    if (this.#skipped.length < maxListed && this.#listedBytes <= maxListedBytes) this.#skipped.push(entry);
  }

  /** It went away by itself while the job ran: said, and nothing that went wrong. */
  vanished(path: string | Uint8Array): void {
    if (this.#vanished.count++ === 0) this.#vanished.first = printable(path).slice(0, 300);
  }

  note(text: string): void {
    if (this.#notes.length < maxNotes) this.#notes.push(printable(text).slice(0, 500));
  }

  build(): JobReport {
    const { files, folders, symlinks, unchangedFiles, skippedCount, changes } = this;
    const counts = { files, folders, symlinks, unchangedFiles, skippedCount };
    const notes = [...this.#notes, ...this.#aboutVanished()];
    return { ...counts, skipped: this.#skipped, notes, ...(changes && { changes }) };
  }

  #aboutVanished(): string[] {
    const { count, first } = this.#vanished;
    if (count === 0) return [];
    return count === 1
      ? [`${first} vanished while the job ran and is not in it.`]
      : [`${count} entries vanished while the job ran and are not in it, ${first} first.`];
  }
}

/** A system error in words; others by their message. */
export function explainFileError(error: unknown): string {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
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
      // A system call's message ends in a path that may be of this process only.
      return syscall === undefined ? message : message.split(/, | '/)[0]!;
  }
}
