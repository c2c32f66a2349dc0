import { createCipheriv } from 'node:crypto';

/** Repeatable noise for tests. */
export function noise(length: number, seed = 1): Buffer {
  const key = Buffer.alloc(32, seed);
  key.writeUInt32BE(seed, 0);
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** Repeatable bytes that compress about threefold. */
export function prose(length: number, seed = 1): Buffer {
  const random = noise(Math.ceil(length / 4) + 8, seed);
  const words = Array.from({ length: 256 }, (_, i) => noise(2 + (i % 7), i + 1000).toString('base64url'));
  const parts: string[] = [];
  for (let size = 0, i = 0; size < length; i++) {
    const word = words[random[i % random.length]! & random[(i * 7) % random.length]!]!;
    parts.push(word);
    size += word.length + 1;
  }
  return Buffer.from(parts.join(' ').padEnd(length, '.').slice(0, length));
}
