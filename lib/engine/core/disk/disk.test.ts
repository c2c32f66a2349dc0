import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  copyDevice,
  createDisk,
  createDiskSecret,
  type DiskFormat,
  detectFormat,
  encryptInto,
  LuksSource,
  openDisk,
  streamQcow2,
} from '.';
import type { BlockSink, BlockSource } from './block-device';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-disk-'));
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const mib = 2 ** 20;

/** 40 MiB with data at the start, across a cluster's edge, in the middle and at the very end. */
async function makeRaw(name: string): Promise<Buffer> {
  const bytes = Buffer.alloc(40 * mib);
  randomBytes(mib).copy(bytes);
  randomBytes(5000).copy(bytes, 10 * mib - 2500);
  randomBytes(512).copy(bytes, 40 * mib - 512);
  await writeFile(at(name), bytes);
  return bytes;
}

async function readAll(device: BlockSource): Promise<Buffer> {
  const bytes = Buffer.alloc(device.sizeBytes);
  for await (const { offset, length, isZero } of device.extents())
    if (!isZero) await device.read(offset, bytes.subarray(offset, offset + length));
  await device.close();
  return bytes;
}

/** @param to what reads zeros where nothing is written. */
async function copyFile(name: string, format: DiskFormat, to: BlockSink): Promise<void> {
  const source = await openDisk(at(name), format);
  await copyDevice(source, to);
  await source.close();
}

describe('images of disks', () => {
  test('what is copied into qcow2 and back is the same bytes, and holes take no room', async () => {
    const bytes = await makeRaw('a.raw');
    await copyFile('a.raw', 'raw', await createDisk(at('a.qcow2'), 'qcow2', bytes.length));
    expect(await detectFormat(at('a.qcow2'))).toBe('qcow2');
    expect(await detectFormat(at('a.raw'))).toBe('raw');
    const size = (await stat(at('a.qcow2'))).size;
    expect(size).toBeLessThan(2 * mib);
    expect((await readAll(await openDisk(at('a.qcow2'), 'qcow2'))).equals(bytes)).toBe(true);
    await copyFile('a.qcow2', 'qcow2', await createDisk(at('b.raw'), 'raw', bytes.length));
    expect((await readFile(at('b.raw'))).equals(bytes)).toBe(true);
    expect((await stat(at('b.raw'))).blocks * 512).toBeLessThan(2 * mib);
  });

  test('a device sent as qcow2 is as long as announced and holds the same bytes', async () => {
    const bytes = await makeRaw('c.raw');
    const source = await openDisk(at('c.raw'), 'raw');
    const { length, bytes: stream } = await streamQcow2(source);
    const file = await open(at('c.qcow2'), 'w');
    for await (const piece of stream) await file.write(piece);
    await file.close();
    await source.close();
    expect((await stat(at('c.qcow2'))).size).toBe(length);
    expect((await readAll(await openDisk(at('c.qcow2'), 'qcow2'))).equals(bytes)).toBe(true);
  });

  test('an image that leans on another file is refused, so that importing it reads nothing else of the host', async () => {
    await createDisk(at('d.qcow2'), 'qcow2', mib).then((sink) => sink.finish());
    const bytes = await readFile(at('d.qcow2'));
    bytes.writeBigUInt64BE(512n, 8);
    bytes.writeUInt32BE(11, 16);
    bytes.write('/etc/shadow', 512);
    await writeFile(at('d.qcow2'), bytes);
    await expect(openDisk(at('d.qcow2'), 'qcow2')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('backing file'),
    });
  });

  test('an encrypted disk gives its bytes with its secret only, and none of them lie in its file', async () => {
    const bytes = await makeRaw('e.raw');
    const secret = createDiskSecret();
    const below = await createDisk(at('e.luks'), 'raw', bytes.length + 2 * mib);
    await copyFile('e.raw', 'raw', await encryptInto(below, secret));
    const sealed = await openDisk(at('e.luks'), 'raw');
    await expect(LuksSource.open(sealed, randomBytes(32))).rejects.toMatchObject({ code: 'key_unavailable' });
    expect((await readAll(await LuksSource.open(sealed, secret))).equals(bytes)).toBe(true);
    expect((await readFile(at('e.luks'))).includes(bytes.subarray(0, 64))).toBe(false);
  });
});
