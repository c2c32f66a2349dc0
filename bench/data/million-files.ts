import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MillionSizes {
  files: number;
  /** Of them, in one folder. */
  wideFiles: number;
}

export const filesAFolder = 400;
const foldersAFolder = 50;
const depth = 32;
const fileBytes = { least: 64, most: 512 };

/** The folders of it that are looked at, below its root. */
export const places = {
  wide: 'wide',
  deep: join(...Array.from({ length: depth }, (_, n) => `level-${n + 1}`)),
  leaf: join('many', '0', '0'),
};

/** Small files of which no two are alike: some hundred a folder, one folder that holds many, and a chain of folders. */
export function makeMillionFiles(folder: string, { files, wideFiles }: MillionSizes): void {
  const random = new RandomText();
  const write = (path: string) => writeFileSync(path, random.next());
  mkdirSync(join(folder, places.wide), { recursive: true });
  mkdirSync(join(folder, places.deep), { recursive: true });
  write(join(folder, places.deep, 'at-the-bottom.txt'));
  for (let n = 0; n < wideFiles; n++) write(join(folder, places.wide, nameOf(n)));
  for (let n = 0; n < files - wideFiles - 1; n++) {
    const folderNo = Math.floor(n / filesAFolder);
    const [above, below] = [Math.floor(folderNo / foldersAFolder), folderNo % foldersAFolder];
    const within = join(folder, 'many', String(above), String(below));
    if (n % filesAFolder === 0) mkdirSync(within, { recursive: true });
    write(join(within, nameOf(n)));
  }
}

export const nameOf = (n: number) => `item-${String(n).padStart(7, '0')}.json`;

class RandomText {
  #text = '';
  #at = 0;
  #taken = 0;

  next(): string {
    const length = fileBytes.least + ((this.#taken++ * 97) % (fileBytes.most - fileBytes.least));
    if (this.#at + length > this.#text.length) {
      this.#text = randomFillSync(Buffer.allocUnsafe(1 << 20)).toString('base64');
      this.#at = 0;
    }
    this.#at += length;
    return this.#text.slice(this.#at - length, this.#at);
  }
}
