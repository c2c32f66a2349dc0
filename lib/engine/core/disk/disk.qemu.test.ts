import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { prose } from '../test-bytes';
import {
  copyDevice,
  createDisk,
  createDiskSecret,
  type DiskFormat,
  encryptInto,
  growQcow2,
  openDisk,
} from '.';
import type { BlockSink, BlockSource } from './block-device';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-disk-'));
afterAll(() => rm(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const mib = 2 ** 20;
const qemuImg = (...args: string[]) => execFileSync('qemu-img', args, { stdio: 'pipe' }).toString();

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
  try {
    for await (const { offset, length, isZero } of device.extents())
      if (!isZero) await device.read(offset, bytes.subarray(offset, offset + length));
  } finally {
    await device.close();
  }
  return bytes;
}

/** @param to what reads zeros where nothing is written. */
async function copyFile(name: string, format: DiskFormat, to: BlockSink): Promise<void> {
  const source = await openDisk(at(name), format);
  await copyDevice(source, to);
  await source.close();
}

test('QEMU reads what is written here and the other way round', async () => {
  const bytes = await makeRaw('f.raw');
  await copyFile('f.raw', 'raw', await createDisk(at('f.qcow2'), 'qcow2', bytes.length));
  expect(qemuImg('check', at('f.qcow2'))).toContain('No errors');
  expect(qemuImg('compare', '-f', 'raw', '-F', 'qcow2', at('f.raw'), at('f.qcow2'))).toContain('identical');
  qemuImg('convert', '-c', '-O', 'qcow2', at('f.raw'), at('g.qcow2'));
  expect((await readAll(await openDisk(at('g.qcow2'), 'qcow2'))).equals(bytes)).toBe(true);
  await growQcow2(at('f.qcow2'), 2000 * mib);
  expect(qemuImg('check', at('f.qcow2'))).toContain('No errors');
  const grown = await openDisk(at('f.qcow2'), 'qcow2');
  expect(grown.sizeBytes).toBe(2000 * mib);
  await grown.close();
  const secret = createDiskSecret();
  const below = await createDisk(at('h.luks'), 'raw', bytes.length + 2 * mib);
  await copyFile('f.raw', 'raw', await encryptInto(below, secret));
  await writeFile(at('secret'), secret);
  qemuImg(
    'convert',
    ...['--object', `secret,id=s,file=${at('secret')}`],
    ...['--image-opts', '-O', 'raw', `driver=luks,key-secret=s,file.filename=${at('h.luks')}`, at('h.raw')],
  );
  expect((await readFile(at('h.raw'))).equals(bytes)).toBe(true);
});

test.each(['zlib', 'zstd'])(
  'an image that QEMU compressed with %s is read, and refused when it is damaged',
  async (type) => {
    const bytes = await makeRaw(`${type}.raw`);
    bytes.set(prose(6 * mib, 5), 20 * mib + 777);
    await writeFile(at(`${type}.raw`), bytes);
    const image = at(`${type}.qcow2`);
    for (const clusterSize of [4096, 2 * mib, 65536]) {
      const options = `compression_type=${type},cluster_size=${clusterSize}`;
      qemuImg('convert', '-c', '-O', 'qcow2', '-o', options, at(`${type}.raw`), image);
      expect((await stat(image)).size).toBeLessThan(6 * mib + 5 * clusterSize);
      expect((await readAll(await openDisk(image, 'qcow2'))).equals(bytes)).toBe(true);
    }
    const damaged = await readFile(image);
    damaged.fill(0xff, Math.floor(damaged.length * 0.6), Math.floor(damaged.length * 0.95));
    await writeFile(image, damaged);
    await expect(openDisk(image, 'qcow2').then(readAll)).rejects.toMatchObject({
      reason: 'image_not_usable',
    });
  },
);
