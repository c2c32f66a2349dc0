import { corrupt } from './bytes';
import type { FilesJob, MadeFile, NewFile } from './made-files';
import type { WorkPool } from './work/pool';

/** Files that travel to a thread together: handing one over costs as much as some of its system calls. */
const filesTogether = 32;
const bytesTogether = 1024 * 1024;

/** Larger ones are written as they arrive. */
export const maxMadeBytes = 256 * 1024;

interface Asked {
  file: NewFile;
  parts: Uint8Array[];
  resolve(made: MadeFile): void;
  reject(error: unknown): void;
}

/** Makes small files on other threads, some at a time: what each costs is the time that its system calls take. */
export class FileMaker {
  #asked: Asked[] = [];
  #bytes = 0;

  constructor(private readonly pool: WorkPool) {}

  /**
   * @param parts in shared memory they are read where they lie, until the file is made
   * @throws what a system call said, as if it had been made here.
   */
  make(file: NewFile, parts: readonly Uint8Array[]): Promise<MadeFile> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ file, parts: parts.map(crossing), resolve, reject });
      this.#bytes += file.sizeBytes;
      if (this.#asked.length >= filesTogether || this.#bytes >= bytesTogether) this.#send();
      else if (this.#asked.length === 1) setImmediate(() => this.#send());
    });
  }

  #send(): void {
    const asked = this.#asked;
    if (asked.length === 0) return;
    this.#asked = [];
    this.#bytes = 0;
    const job: FilesJob = {
      op: 'files',
      files: asked.map(({ file }) => file),
      contents: asked.map(({ parts }) => parts),
    };
    this.pool.run(job).then(
      ({ made }) => {
        for (const [i, { resolve, reject }] of asked.entries()) {
          const one = made[i]!;
          if ('error' in one) reject(Object.assign(new Error(one.error.message), one.error));
          else resolve(one);
        }
      },
      (error) => {
        for (const { reject } of asked) reject(error);
      },
    );
  }
}

/** A copy of its own for what is not shared: a part of a larger buffer would take all of that with it. */
function crossing(part: Uint8Array): Uint8Array {
  return part.buffer instanceof SharedArrayBuffer ? part : Uint8Array.from(part);
}

/** All of a small file's bytes. @throws `corrupt_data` unless they are as many as its entry says. */
export async function gather(content: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of content) {
    total += part.length;
    if (total > sizeBytes) break;
    parts.push(part);
  }
  if (total !== sizeBytes) throw corrupt('a file has another size than its entry says');
  return parts;
}
