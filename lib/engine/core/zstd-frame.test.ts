import { describe, expect, it } from 'vitest';
import { noise, prose } from './test-bytes';
import { nativeZstd, wasmZstd } from './zstd';
import { zstdFrameBytes } from './zstd-frame';

const samples: [string, Buffer][] = [
  ['a byte', Buffer.from('x')],
  ['zeros', Buffer.alloc(200_000)],
  ['prose', Buffer.from(prose(300_000, 3))],
  ['noise', Buffer.from(noise(150_000, 4))],
  ['both', Buffer.concat([prose(70_000, 5), noise(70_000, 6), Buffer.alloc(70_000)])],
];
const writers = [nativeZstd(), wasmZstd()].filter((one) => one !== null);

describe('the length of a zstd frame', () => {
  it.each(samples)('of %s is told from its own bytes, whatever lies behind it', (_, plain) => {
    for (const writer of writers) {
      const frame = Buffer.from(writer.compress(plain));
      for (const behind of [Buffer.alloc(0), Buffer.alloc(511), Buffer.from(noise(511, 7)), frame]) {
        const length = zstdFrameBytes(Buffer.concat([frame, behind]));
        expect(length).toBe(frame.length);
      }
    }
  });

  it('is not told of a frame that is cut off, at any place, nor of what is no frame', () => {
    const frame = Buffer.from(writers[0]!.compress(prose(5000, 8)));
    for (let length = 0; length < frame.length; length++)
      expect(zstdFrameBytes(frame.subarray(0, length))).toBeNull();
    expect(zstdFrameBytes(Buffer.from(noise(64, 9)))).toBeNull();
    expect(zstdFrameBytes(Buffer.alloc(64))).toBeNull();
  });
});
