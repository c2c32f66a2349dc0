import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from './dataset';

const filesAFolder = 100;
const fileBytes = 16 * 1024;

/** Many files of 16 KiB in folders of a hundred; none like another, half of each compressible. */
export function makeSmallFiles(name: string, count: number): Dataset {
  return {
    name,
    async create(folder) {
      for (let n = 0; n < count; n++) {
        const within = join(folder, String(Math.floor(n / filesAFolder)));
        if (n % filesAFolder === 0) await mkdir(within, { recursive: true });
        await writeFile(join(within, `${n}.txt`), randomBytes(fileBytes / 2).toString('hex'));
      }
    },
    async change(folder) {
      await writeFile(join(folder, '0', '0.txt'), randomBytes(fileBytes / 2).toString('hex'));
    },
  };
}
