import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Chunk } from '@/lib/engine/core/chunk';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameToHex } from '@/lib/engine/core/names';
import { Uploader, type UploadTarget } from './uploader';

function chunkOf(length: number): Chunk {
  return { name: randomBytes(16), type: 'data', bytes: randomBytes(length) };
}

/** A gateway's side: keeps what it was sent and counts what is on its way. */
class Receiver implements UploadTarget {
  readonly got = new Map<string, Buffer>();
  readonly knownNames = new Set<string>();
  batches = 0;
  asked = 0;
  inFlight = 0;
  mostInFlight = 0;
  failAt = Number.POSITIVE_INFINITY;

  async known(names: readonly Uint8Array[]): Promise<boolean[]> {
    this.asked += names.length;
    return names.map((name) => this.knownNames.has(nameToHex(name)));
  }

  async send(chunks: readonly Chunk[]): Promise<void> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    if (++this.batches >= this.failAt) throw new Error('disk full');
    for (const { name, bytes } of chunks) this.got.set(nameToHex(name), Buffer.from(bytes));
  }
}

describe('the uploader', () => {
  test('delivers every chunk once, unchanged, though the sender reuses its buffer', async () => {
    const receiver = new Receiver();
    const uploader = new Uploader(receiver, false);
    const expected = new Map<string, Buffer>();
    const shared = Buffer.alloc(3_000_000);
    for (let i = 0; i < 20; i++) {
      const chunk = chunkOf(1_000_000 + i * 100_000);
      expected.set(nameToHex(chunk.name), Buffer.from(chunk.bytes));
      shared.set(chunk.bytes);
      const view = shared.subarray(0, chunk.bytes.length);
      await uploader.add({ ...chunk, bytes: view });
      await uploader.add({ ...chunk, bytes: view });
    }
    await uploader.flush();
    expect(receiver.got.size).toBe(20);
    for (const [name, bytes] of expected) expect(receiver.got.get(name)!.equals(bytes)).toBe(true);
    expect(receiver.mostInFlight).toBeGreaterThan(1);
    expect(receiver.mostInFlight).toBeLessThanOrEqual(3);
    expect(uploader.sentChunks).toBe(20);
    expect(receiver.asked).toBe(0);
  });

  test('sends a little without asking where it knows what the other side holds', async () => {
    const receiver = new Receiver();
    const uploader = new Uploader(receiver, true);
    uploader.hold(new NameSet());
    for (let i = 0; i < 10; i++) await uploader.add(chunkOf(100_000));
    await uploader.flush();
    expect([receiver.asked, uploader.sentBytes]).toEqual([0, 1_000_000]);
    await uploader.add(chunkOf(100_000));
    await uploader.flush();
    expect(receiver.asked).toBe(1);
  });

  test('what it was told to hold is neither sent nor asked for', async () => {
    const receiver = new Receiver();
    const uploader = new Uploader(receiver, true);
    const chunks = Array.from({ length: 20 }, () => chunkOf(500_000));
    const held = new NameSet();
    for (const chunk of chunks.slice(0, 7)) held.add(chunk.name);
    uploader.hold(held);
    for (const chunk of chunks) await uploader.add(chunk);
    await uploader.flush();
    expect([receiver.asked, uploader.sentBytes]).toEqual([11, 6_500_000]);
  });

  test('asks first where the other side may know, and keeps what is known', async () => {
    const receiver = new Receiver();
    const uploader = new Uploader(receiver, true);
    const chunks = Array.from({ length: 10 }, () => chunkOf(100));
    for (const chunk of chunks.slice(0, 7)) receiver.knownNames.add(nameToHex(chunk.name));
    for (const chunk of chunks) await uploader.add(chunk);
    await uploader.flush();
    expect(receiver.asked).toBe(10);
    expect([...receiver.got.keys()]).toEqual(chunks.slice(7).map((chunk) => nameToHex(chunk.name)));
    expect(uploader.sentBytes).toBe(300);
  });

  test('throws the first failure from then on', async () => {
    const receiver = new Receiver();
    receiver.failAt = 2;
    const uploader = new Uploader(receiver, false);
    const fill = async () => {
      for (let i = 0; i < 40; i++) await uploader.add(chunkOf(2_000_000));
      await uploader.flush();
    };
    await expect(fill()).rejects.toThrow('disk full');
    await expect(uploader.add(chunkOf(1))).rejects.toThrow('disk full');
    await expect(uploader.flush()).rejects.toThrow('disk full');
  });
});
