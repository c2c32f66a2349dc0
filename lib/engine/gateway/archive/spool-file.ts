import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bufferBytes = 256 * 1024;

/** Bytes that are written first and read once at the end. Small ones stay in memory, the others in a file without a name. */
export class SpoolFile {
  #pieces: Buffer[] = [];
  #held = 0;
  #file: FileHandle | null = null;

  async write(bytes: Buffer): Promise<void> {
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held >= bufferBytes) await this.#spill();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    if (this.#file) {
      await this.#spill();
      const buffer = Buffer.alloc(bufferBytes);
      for (let at = 0; ; ) {
        const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield Buffer.from(buffer.subarray(0, bytesRead));
      }
    }
    yield Buffer.concat(this.#pieces);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #spill(): Promise<void> {
    if (!this.#file) {
      const path = join(tmpdir(), `crossvault-${randomBytes(12).toString('hex')}`);
      this.#file = await open(path, 'wx+', 0o600);
      // Nobody else can open it, and it is gone when this process is.
      await rm(path);
    }
    await this.#file.writeFile(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#held = 0;
  }
}
