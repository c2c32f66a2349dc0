import { describe, expect, it } from 'vitest';
import { codecs, compress, decompress } from './codec';
import { noise, prose } from './test-bytes';
import { nativeZstd, wasmZstd } from './zstd';

describe('compress', () => {
  it('shrinks text and stores noise', () => {
    const text = prose(300_000);
    const packed = compress(text);
    expect(packed.codec).toBe(codecs.zstd);
    expect(packed.body.length).toBeLessThan(text.length * 0.8);
    expect(Buffer.from(decompress(packed.codec, packed.body, text.length)).equals(text)).toBe(true);
    expect(compress(noise(2_000_000)).codec).toBe(codecs.stored);
    expect(compress(noise(5000)).codec).toBe(codecs.stored);
  });

  it('still compresses a frame of which only a part is noise', () => {
    const mixed = Buffer.concat([noise(300_000), prose(300_000), noise(300_000)]);
    expect(compress(mixed).codec).toBe(codecs.zstd);
  });

  it.each([0, 1, 63, 64, 65, 70_000])('round-trips %i bytes', (length) => {
    const bytes = prose(length);
    const { codec, body } = compress(bytes);
    expect(Buffer.from(decompress(codec, body, length)).equals(bytes)).toBe(true);
  });
});

describe('decompress', () => {
  it('stops at the length the frame declares, so that a bomb costs nothing', () => {
    const bomb = wasmZstd().compress(Buffer.alloc(10_000_000));
    expect(bomb.length).toBeLessThan(2000);
    expect(() => decompress(codecs.zstd, bomb, 1000)).toThrowError(
      expect.objectContaining({ code: 'corrupt_data' }),
    );
    expect(() => decompress(codecs.zstd, bomb, 10_000_001)).toThrow('fewer bytes');
    expect(() => decompress(codecs.stored, bomb, 4_000_000_000)).toThrow('larger than any writer');
  });

  it('refuses unknown codecs and malformed frames', () => {
    expect(() => decompress(9, Buffer.alloc(4), 4)).toThrow('unknown codec 9');
    expect(() => decompress(codecs.zstd, noise(100), 100)).toThrow('does not decompress');
    expect(() => decompress(codecs.stored, noise(100), 99)).toThrow('another length');
  });
});

describe('zstd', () => {
  const native = nativeZstd();
  const wasm = wasmZstd();
  const samples = [Buffer.alloc(0), prose(10), prose(100_000), noise(1_000_000), Buffer.alloc(4_194_304)];

  it('round-trips in WebAssembly, with its buffers growing and shrinking', () => {
    for (const bytes of [...samples, ...samples.toReversed()]) {
      expect(Buffer.from(wasm.decompress(wasm.compress(bytes), bytes.length)).equals(bytes)).toBe(true);
    }
  });

  it.skipIf(!native)('reads in WebAssembly what Node wrote and the other way round', () => {
    for (const bytes of samples) {
      expect(Buffer.from(wasm.decompress(native!.compress(bytes), bytes.length)).equals(bytes)).toBe(true);
      expect(Buffer.from(native!.decompress(wasm.compress(bytes), bytes.length)).equals(bytes)).toBe(true);
    }
    expect(() => native!.decompress(wasm.compress(Buffer.alloc(1_000_000)), 1000)).toThrow();
  });
});
