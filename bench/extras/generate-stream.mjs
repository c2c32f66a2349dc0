// node generate-stream.mjs <bytes> <seed>: bytes of which no mebibyte comes twice, and which compress to an eighth.
import { createCipheriv, createHash } from 'node:crypto';
import { writeSync } from 'node:fs';

const [bytes, seed] = process.argv.slice(2);
const pieceBytes = 64 * 1024;
const noiseBytes = pieceBytes / 8;
const key = createHash('sha256').update(`stream ${seed}`).digest();
const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
const zeros = Buffer.alloc(noiseBytes);
const piece = Buffer.alloc(pieceBytes, 'a line of a database dump, as like to its neighbours as they are\n');

for (let left = Number(bytes); left > 0; left -= pieceBytes) {
  cipher.update(zeros).copy(piece);
  const length = Math.min(left, pieceBytes);
  for (let at = 0; at < length; ) at += write(piece, at, length - at);
}

function write(buffer, at, length) {
  try {
    return writeSync(1, buffer, at, length);
  } catch (error) {
    if (error.code === 'EAGAIN') return 0;
    throw error;
  }
}
