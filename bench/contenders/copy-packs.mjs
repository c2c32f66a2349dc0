// node copy-packs.mjs <from> <to>: what <to> lacks is read, written, synced and renamed, one file after the other.
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const [from, to] = process.argv.slice(2);
const piece = Buffer.allocUnsafe(4 * 1024 * 1024);

mkdirSync(to, { recursive: true });
copyFolder('');

function copyFolder(path) {
  for (const entry of readdirSync(join(from, path), { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (!entry.isDirectory()) {
      if (!existsSync(join(to, below))) copyFile(below);
      continue;
    }
    mkdirSync(join(to, below), { recursive: true });
    copyFolder(below);
  }
}

function copyFile(path) {
  const reader = openSync(join(from, path), 'r');
  const writer = openSync(join(to, `${path}.new`), 'wx');
  for (let count = readSync(reader, piece); count > 0; count = readSync(reader, piece))
    for (let at = 0; at < count; ) at += writeSync(writer, piece, at, count - at);
  fdatasyncSync(writer);
  closeSync(writer);
  closeSync(reader);
  renameSync(join(to, `${path}.new`), join(to, path));
}
