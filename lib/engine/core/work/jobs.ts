import { createHash } from 'node:crypto';
import { invariant } from '@/lib/errors';
import { asBuffer, corrupt } from '../bytes';
import type { ChunkType } from '../chunk';
import { compress, decompress } from '../codec';
import { type Look, type LookJob, runLook } from '../look/packed-look';
import { type FilesJob, type MadeFile, makeFiles, type NotMade } from '../made-files';
import { computeName, nameBytes } from '../names';
import type { SealTarget } from '../pack/pack-arena';
import { type FrameSeal, resealInPlace, seal, sealInto, tagBytes, unseal, unsealInto } from '../seal';

export type { FrameSeal };

/** Chunks that lie one after the other: their lengths and, 16 bytes each, their names. */
export interface ChunkRun {
  lengths: number[];
  names: Uint8Array;
}

export interface SealJob {
  op: 'seal';
  type: ChunkType;
  /** The frame's plaintext, in shared memory; `plainLength` bytes of it count. */
  buffer: Uint8Array;
  plainLength: number;
  chunks: ChunkRun;
  namingKey: Uint8Array;
  to: FrameSeal;
  into: SealTarget;
}

/** The ciphertext lies at `at`, and its tag after it. */
export interface PlacedFrame {
  codec: number;
  at: number;
  length: number;
}

export interface SealedFrame {
  codec: number;
  plainLength: number;
  ciphertext: Uint8Array;
  tag: Uint8Array;
  chunks: ChunkRun;
}

export interface OpenJob {
  op: 'open';
  sealed: Uint8Array;
  codec: number;
  plainLength: number;
  from: FrameSeal;
  /** Chunks of the frame whose names are to be checked. */
  check: {
    type: ChunkType;
    namingKey: Uint8Array;
    parts: { name: Uint8Array; offset: number; length: number }[];
  } | null;
}

/**
 * Frames of one pack, only authenticated and decrypted, from where they lie to an earlier place in the same shared memory:
 * whoever gets them decompresses.
 */
export interface UnsealJob {
  op: 'unseal';
  slab: Uint8Array;
  frames: { at: number; to: number; length: number; from: FrameSeal }[];
}

/** A frame's body as it was compressed, decompressed and held against its chunks' names. */
export interface UnpackJob {
  op: 'unpack';
  type: ChunkType;
  body: Uint8Array;
  codec: number;
  plainLength: number;
  chunks: ChunkRun;
  namingKey: Uint8Array;
  /** Shared memory of `plainLength` bytes for what is decompressed; without it, that has memory of its own. */
  into?: Uint8Array;
}

export interface Unpacked {
  plain: Uint8Array;
  /** Chunks whose bytes do not match their names, by their place in the run. */
  wrong: number[];
}

export interface ResealJob {
  op: 'reseal';
  type: ChunkType;
  sealed: Uint8Array;
  codec: number;
  plainLength: number;
  from: FrameSeal;
  to: FrameSeal;
  chunks: ChunkRun;
  /** One flag a chunk. All set: the compressed bytes cross as they are. */
  wanted: boolean[];
  /** With a key, every wanted chunk is decompressed and its name recomputed. */
  namingKey: Uint8Array | null;
}

/** Frames that cross whole, sealed anew where they lie: in memory that this thread and the worker share. */
export interface RekeyJob {
  op: 'rekey';
  slab: Uint8Array;
  frames: { at: number; length: number; from: FrameSeal; to: FrameSeal }[];
}

/** Streams' hashes need their bytes in order; the parts come back with the answer. */
export interface HashJob {
  op: 'hash';
  parts: Uint8Array[];
}

export interface JobMap {
  seal: { job: SealJob; answer: PlacedFrame };
  open: { job: OpenJob; answer: Uint8Array };
  reseal: { job: ResealJob; answer: SealedFrame };
  /** Answers which of the frames did not authenticate. */
  rekey: { job: RekeyJob; answer: { failed: number[] } };
  unseal: { job: UnsealJob; answer: { opened: number } };
  unpack: { job: UnpackJob; answer: Unpacked };
  look: { job: LookJob; answer: Look };
  files: { job: FilesJob; answer: { made: (MadeFile | NotMade)[] } };
  hash: { job: HashJob; answer: { sha256: string; parts: Uint8Array[] } };
}
export type Op = keyof JobMap;
export type Job = JobMap[Op]['job'];
export type Answer<J extends Job> = J extends { op: infer O extends Op } ? JobMap[O]['answer'] : never;

function checkName(namingKey: Uint8Array, type: ChunkType, name: Uint8Array, bytes: Uint8Array): void {
  if (!computeName(namingKey, type, bytes).equals(name)) throw corrupt('a chunk does not match its name');
}

function checkRun(
  namingKey: Uint8Array,
  type: ChunkType,
  plain: Uint8Array,
  { lengths, names }: ChunkRun,
): void {
  let offset = 0;
  lengths.forEach((length, i) => {
    const name = names.subarray(i * nameBytes, (i + 1) * nameBytes);
    checkName(namingKey, type, name, plain.subarray(offset, offset + length));
    offset += length;
  });
}

function sealPlain(plain: Uint8Array, chunks: ChunkRun, to: FrameSeal): SealedFrame {
  const { codec, body } = compress(plain);
  return { codec, plainLength: plain.length, chunks, ...seal(to.key, to.number, to.aad, body) };
}

function sealFrame({ type, buffer, plainLength, chunks, namingKey, to, into }: SealJob): PlacedFrame {
  const plain = asBuffer(buffer).subarray(0, plainLength);
  checkRun(namingKey, type, plain, chunks);
  const { codec, body } = compress(plain);
  const sealedLength = body.length + tagBytes;
  const at = Atomics.add(into.taken, 0, sealedLength);
  invariant(
    at + sealedLength <= into.bytes.length,
    'a pack has room for the frames that were reserved in it',
  );
  sealInto(into.bytes.subarray(at, at + sealedLength), to.key, to.number, to.aad, body);
  return { codec, at, length: body.length };
}

function openBody({ from, sealed }: { from: FrameSeal; sealed: Uint8Array }): Buffer {
  return unseal(from.key, from.number, from.aad, sealed, `frame ${from.number}`);
}

function filterRun(
  plain: Uint8Array,
  chunks: ChunkRun,
  wanted: boolean[],
): { plain: Buffer; chunks: ChunkRun } {
  const parts: Uint8Array[] = [];
  const names: Uint8Array[] = [];
  const lengths: number[] = [];
  let offset = 0;
  chunks.lengths.forEach((length, i) => {
    if (wanted[i]) {
      parts.push(plain.subarray(offset, offset + length));
      names.push(chunks.names.subarray(i * nameBytes, (i + 1) * nameBytes));
      lengths.push(length);
    }
    offset += length;
  });
  return { plain: Buffer.concat(parts), chunks: { lengths, names: Buffer.concat(names) } };
}

function reseal(job: ResealJob): SealedFrame {
  const body = openBody(job);
  const isWhole = job.wanted.every(Boolean);
  if (isWhole && !job.namingKey) {
    return { codec: job.codec, plainLength: job.plainLength, chunks: job.chunks, ...sealBody(body, job.to) };
  }
  const plain = decompress(job.codec, body, job.plainLength);
  if (isWhole) {
    checkRun(job.namingKey!, job.type, plain, job.chunks);
    return { codec: job.codec, plainLength: job.plainLength, chunks: job.chunks, ...sealBody(body, job.to) };
  }
  const kept = filterRun(plain, job.chunks, job.wanted);
  if (job.namingKey) checkRun(job.namingKey, job.type, kept.plain, kept.chunks);
  return sealPlain(kept.plain, kept.chunks, job.to);
}

function sealBody(body: Uint8Array, to: FrameSeal): { ciphertext: Buffer; tag: Buffer } {
  return seal(to.key, to.number, to.aad, body);
}

function rekey({ slab, frames }: RekeyJob): { failed: number[] } {
  const failed: number[] = [];
  frames.forEach(({ at, length, from, to }, i) => {
    if (!resealInPlace(slab.subarray(at, at + length), from, to)) failed.push(i);
  });
  return { failed };
}

function open(job: OpenJob): Uint8Array {
  const body = openBody(job);
  const plain = decompress(job.codec, body, job.plainLength);
  if (job.check) {
    const { type, namingKey, parts } = job.check;
    for (const { name, offset, length } of parts) {
      if (offset + length > plain.length) throw corrupt('a chunk lies outside its frame');
      checkName(namingKey, type, name, plain.subarray(offset, offset + length));
    }
  }
  return plain;
}

function unsealRun({ slab, frames }: UnsealJob): { opened: number } {
  for (const { at, to, length, from } of frames)
    unsealInto(slab.subarray(to), slab.subarray(at, at + length), from, `frame ${from.number}`);
  return { opened: frames.length };
}

function unpack({ type, body, codec, plainLength, chunks, namingKey, into }: UnpackJob): Unpacked {
  const plain = decompress(codec, body, plainLength, into);
  const wrong: number[] = [];
  let offset = 0;
  chunks.lengths.forEach((length, i) => {
    const bytes = plain.subarray(offset, offset + length);
    const name = chunks.names.subarray(i * nameBytes, (i + 1) * nameBytes);
    offset += length;
    if (bytes.length !== length || !computeName(namingKey, type, bytes).equals(name)) wrong.push(i);
  });
  return { plain, wrong };
}

/** Does one job. Pure but for the buffers it gives back and for what it looks at; runs in a worker, or right here. */
export function runJob<J extends Job>(job: J): Answer<J>;
export function runJob(job: Job): JobMap[Op]['answer'] {
  switch (job.op) {
    case 'seal':
      return sealFrame(job);
    case 'open':
      return open(job);
    case 'reseal':
      return reseal(job);
    case 'rekey':
      return rekey(job);
    case 'unseal':
      return unsealRun(job);
    case 'unpack':
      return unpack(job);
    case 'files':
      return { made: makeFiles(job) };
    case 'look':
      return runLook(job);
    case 'hash': {
      const hash = createHash('sha256');
      for (const part of job.parts) hash.update(part);
      return { sha256: hash.digest('hex'), parts: job.parts };
    }
  }
}

/** The large buffers of a job or an answer, which move between threads instead of being copied. */
export function transferables(value: Job | JobMap[Op]['answer']): ArrayBuffer[] {
  const views: Uint8Array[] = [];
  if (value instanceof Uint8Array) views.push(value);
  else if ('entries' in value) views.push(value.entries);
  else if ('parts' in value) views.push(...value.parts);
  else {
    if ('sealed' in value) views.push(value.sealed);
    if ('contents' in value) views.push(...value.contents.flat());
    if ('body' in value) views.push(value.body);
    if ('plain' in value) views.push(value.plain);
    if ('ciphertext' in value) views.push(value.ciphertext);
  }
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of views) {
    // A part of a larger buffer, such as Node's shared pool, must stay: moving it would empty its neighbours.
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && byteLength > 0)
      buffers.add(buffer);
  }
  return [...buffers];
}
