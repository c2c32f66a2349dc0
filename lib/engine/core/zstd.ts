import * as zlib from 'node:zlib';
import zstdWasm from './wasm/zstd.embedded';

/** One zstd frame in, one out. Both implementations read each other's frames. Not for concurrent use in one thread. */
export interface Zstd {
  /** @returns bytes the caller owns. */
  compress(bytes: Uint8Array): Uint8Array;
  /** @throws when the frame is malformed or holds more than `maxLength` bytes. */
  decompress(bytes: Uint8Array, maxLength: number, into?: Uint8Array): Uint8Array;
}

const level = 1;
/** Frames hold at most 16 MiB, so an honest one never needs a larger window; a hostile one is not given the memory. */
const maxWindowLog = 24;

type NativeZlib = typeof zlib & {
  zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer;
  zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer;
};

/** Node's own zstd, from Node 22.15 on; null before. */
export function nativeZstd(): Zstd | null {
  const { zstdCompressSync, zstdDecompressSync, constants } = zlib as NativeZlib;
  if (!zstdCompressSync || !zstdDecompressSync) return null;
  const named = constants as unknown as Record<string, number>;
  const compressOptions = { params: { [named.ZSTD_c_compressionLevel!]: level } };
  const params = { [named.ZSTD_d_windowLogMax!]: maxWindowLog };
  return {
    compress: (bytes) => zstdCompressSync(bytes, compressOptions),
    decompress(bytes, maxLength, into) {
      const plain = zstdDecompressSync(bytes, { params, maxOutputLength: Math.max(1, maxLength) });
      if (!into) return plain;
      into.set(plain);
      return into.subarray(0, plain.length);
    },
  };
}

/** The embedded module's exports; its build shortened their names. */
interface RawZstd {
  f: WebAssembly.Memory;
  /** Constructors; isError; compressBound; createCCtx; createDCtx; malloc; free. */
  g(): void;
  h(code: number): number;
  i(length: number): number;
  j(): number;
  n(): number;
  s(size: number): number;
  t(address: number): void;
  /** compress_usingDict and decompress_usingDict; with no dictionary they reuse a context, which the plain calls do not. */
  l(
    ctx: number,
    to: number,
    capacity: number,
    from: number,
    length: number,
    d: 0,
    dl: 0,
    level: number,
  ): number;
  q(ctx: number, to: number, capacity: number, from: number, length: number, d: 0, dl: 0): number;
}

/** zstd compiled to WebAssembly, for Node without its own. Keeps its contexts and buffers between calls. */
export function wasmZstd(): Zstd {
  const refuse = (what: string) => () => {
    throw new Error(`zstd: ${what}`);
  };
  let memory: WebAssembly.Memory;
  const grow = (size: number): number => {
    const pages = Math.ceil((size - memory.buffer.byteLength) / 65536);
    try {
      memory.grow(Math.max(pages, 0));
      return 1;
    } catch {
      return 0;
    }
  };
  const imports = {
    a: {
      a: refuse('exit'),
      b: () => {},
      c: refuse('abort'),
      d: () => 0,
      e: (size: number) => grow(size >>> 0),
    },
  };
  const module = new WebAssembly.Module(Buffer.from(zstdWasm, 'base64'));
  const raw = new WebAssembly.Instance(module, imports).exports as unknown as RawZstd;
  memory = raw.f;
  raw.g();
  const compressor = raw.j();
  const decompressor = raw.n();

  const source = { at: 0, size: 0 };
  const target = { at: 0, size: 0 };
  const reserve = (area: { at: number; size: number }, size: number): number => {
    if (area.size >= size) return area.at;
    if (area.at) raw.t(area.at);
    area.size = Math.max(size, 64 * 1024);
    area.at = raw.s(area.size) >>> 0;
    if (area.at === 0) throw new Error('zstd: out of memory');
    return area.at;
  };
  const load = (bytes: Uint8Array): number => {
    const at = reserve(source, bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return at;
  };
  const unload = (code: number, into?: Uint8Array): Uint8Array => {
    if (raw.h(code)) throw new Error('zstd: malformed or too long');
    const made = new Uint8Array(memory.buffer, target.at, code >>> 0);
    if (!into) return made.slice();
    into.set(made);
    return into.subarray(0, made.length);
  };

  return {
    compress(bytes) {
      const capacity = raw.i(bytes.length);
      const to = reserve(target, capacity);
      const from = load(bytes);
      return unload(raw.l(compressor, to, capacity, from, bytes.length, 0, 0, level));
    },
    decompress(bytes, maxLength, into) {
      const to = reserve(target, maxLength);
      const from = load(bytes);
      return unload(raw.q(decompressor, to, maxLength, from, bytes.length, 0, 0), into);
    },
  };
}

let chosen: Zstd | undefined;

/** The faster of the two that this Node has; one per thread. */
export function zstd(): Zstd {
  chosen ??= nativeZstd() ?? wasmZstd();
  return chosen;
}
