import { randomFillSync } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Dataset } from './dataset';

const blockBytes = 4 * 1024 * 1024;
const insertedBytes = 1024;

/** One file that cannot be compressed. In the second version 1 KiB is inserted in its middle. */
export function makeRandomFile(name: string, sizeBytes: number): Dataset {
  return {
    name,
    async create(folder) {
      await mkdir(folder);
      const file = await open(join(folder, 'large.bin'), 'w');
      const block = Buffer.alloc(blockBytes);
      for (let at = 0; at < sizeBytes; at += blockBytes)
        await file.write(randomFillSync(block), 0, Math.min(blockBytes, sizeBytes - at));
      await file.close();
    },
    async change(folder) {
      const file = join(folder, 'large.bin');
      const middle = Math.floor((await stat(file)).size / 2);
      await pipeline(withInsertion(file, middle), createWriteStream(`${file}.new`));
      await rename(`${file}.new`, file);
    },
  };
}

async function* withInsertion(file: string, middle: number): AsyncGenerator<Buffer> {
  yield* createReadStream(file, { end: middle - 1, highWaterMark: blockBytes });
  yield Buffer.alloc(insertedBytes, 'inserted');
  yield* createReadStream(file, { start: middle, highWaterMark: blockBytes });
}
