import { corrupt } from './bytes';
import { zstd } from './zstd';

/** How a frame's plaintext is stored. Part of the format; 2 and 3 are reserved for brotli and deflate. */
export const codecs = { stored: 0, zstd: 1 } as const;
export type Codec = (typeof codecs)[keyof typeof codecs];

/** No writer makes larger frames and no reader opens them. */
export const maxFramePlainBytes = 16 * 1024 * 1024;

const worthwhile = 0.97;
const sampleBytes = 16 * 1024;
const worthSamplingBytes = 256 * 1024;

/** Compresses where that saves at least 3 %, else answers the bytes themselves. */
export function compress(plain: Uint8Array): { codec: Codec; body: Uint8Array } {
  if (plain.length < 64 || looksRandom(plain)) return { codec: codecs.stored, body: plain };
  const body = zstd().compress(plain);
  return body.length < plain.length * worthwhile
    ? { codec: codecs.zstd, body }
    : { codec: codecs.stored, body: plain };
}

/**
 * @param into room for what a compressed body becomes; a stored one is answered itself.
 * @throws `corrupt_data` unless the body yields exactly `plainLength` bytes; stops once it yields more.
 */
export function decompress(
  codec: number,
  body: Uint8Array,
  plainLength: number,
  into?: Uint8Array,
): Uint8Array {
  if (plainLength > maxFramePlainBytes) throw corrupt('a frame claims to be larger than any writer makes');
  if (codec === codecs.stored) {
    if (body.length !== plainLength) throw corrupt('a stored frame has another length than it says');
    return body;
  }
  if (codec !== codecs.zstd) throw corrupt(`a frame uses the unknown codec ${codec}`);
  let plain: Uint8Array;
  try {
    plain = zstd().decompress(body, plainLength, into);
  } catch (cause) {
    throw corrupt('a frame does not decompress to the length it says', cause);
  }
  if (plain.length !== plainLength) throw corrupt('a frame decompresses to fewer bytes than it says');
  return plain;
}

/**
 * Spares the compressor bytes that are already compressed or encrypted. Three slices must all show the byte statistics of
 * noise and refuse to shrink; large plaintexts only, where the attempt costs more than the answer.
 */
function looksRandom(plain: Uint8Array): boolean {
  if (plain.length < worthSamplingBytes) return false;
  const starts = [0, (plain.length - sampleBytes) >>> 1, plain.length - sampleBytes];
  return starts.every((start) => {
    const slice = plain.subarray(start, start + sampleBytes);
    return hasFlatHistogram(slice) && zstd().compress(slice).length >= sampleBytes * worthwhile;
  });
}

/** Chi-squared of random bytes is 255 ± 23; text and programs are in the tens of thousands. */
function hasFlatHistogram(slice: Uint8Array): boolean {
  const counts = new Uint32Array(256);
  for (const byte of slice) counts[byte]!++;
  const expected = slice.length / 256;
  let chiSquared = 0;
  for (const count of counts) chiSquared += (count - expected) ** 2 / expected;
  return chiSquared < 2000;
}
