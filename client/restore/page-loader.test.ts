import { expect, it } from 'vitest';
import type { ChunkName } from '@/lib/engine/core/chunk';
import { nameToHex } from '@/lib/engine/core/names';
import type { SymlinkEntry } from '@/lib/engine/core/tree/entry';
import { TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { TreeReader } from '@/lib/engine/core/tree/tree-reader';
import { ChunkFetcher } from './chunk-fetcher';
import { chunksAsFrames } from './chunks-as-frames';
import { PageLoader } from './page-loader';

const namingKey = Buffer.alloc(32, 7);
const meta = (name: string) => ({ name: Buffer.from(name), mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n });

const link = (path: string, at: number): SymlinkEntry => ({
  ...meta(`a-${String(at).padStart(6, '0')}`),
  type: 'symlink',
  target: Buffer.from(`${path}-${at}`.padEnd(4000, '.')),
});

/** A tree of folders in folders, and how it was asked for. */
async function makeTree(fanOut: number, depth: number, fanOutBelow = fanOut, bytes = 0) {
  const pages = new Map<string, Uint8Array>();
  const builder = new TreeBuilder(namingKey, async ({ name, bytes }) => {
    pages.set(nameToHex(name), bytes);
  });
  let folders = 0;
  const fill = async (path: string, left: number) => {
    for (let n = 0; n < (left === depth ? fanOut : fanOutBelow); n++) {
      await builder.enterDir(meta(`${path}-${String(n).padStart(3, '0')}`));
      folders++;
      for (let at = 0; at < bytes; at += 4000) await builder.add(link(`${path}${n}`, at));
      if (left > 1) await fill(`${path}-${n}`, left - 1);
      await builder.leaveDir();
    }
  };
  await fill('folder', depth);
  const { root } = await builder.finish();
  const requests: number[] = [];
  const asked = async function* (names: readonly ChunkName[]) {
    for (const name of names) yield { name, bytes: pages.get(nameToHex(name))! };
  };
  const source = {
    fetch(names: readonly ChunkName[]) {
      requests.push(names.length);
      return chunksAsFrames(asked(names));
    },
    patiently: <T>(call: () => Promise<T>) => call(),
  };
  const loader = new PageLoader(new ChunkFetcher(source, namingKey));
  return { root, folders, pages, requests, reader: new TreeReader((name) => loader.load(name)) };
}

it('asks for the pages of thousands of folders in few requests, and reads every folder', async () => {
  const { root, folders, requests, reader } = await makeTree(15, 3);
  let found = 0;
  for await (const _ of reader.walk(root)) found++;
  expect(found).toBe(folders);
  expect(requests.length).toBeLessThan(folders / 50);
});

it('asks for many pages together where hundreds of folders stand beside each other, each with others deep below', async () => {
  const { root, folders, requests, reader } = await makeTree(300, 5, 2);
  let found = 0;
  for await (const _ of reader.walk(root)) found++;
  expect(found).toBe(folders);
  expect(requests.length).toBeLessThan(folders / 100);
});

it('throws the farthest of too many bytes away, and asks for them again when their time comes', async () => {
  const { root, folders, requests, reader } = await makeTree(400, 2, 1, 64 * 1024);
  let found = 0;
  for await (const { entry } of reader.walk(root)) if (entry.type === 'dir') found++;
  expect(found).toBe(folders);
  expect(requests.reduce((sum, count) => sum + count)).toBeGreaterThan(folders);
  expect(requests.length).toBeLessThan(folders / 20);
});

it('holds a bounded number of pages, and finds its way where most folders are passed over', async () => {
  const { root, requests, reader } = await makeTree(800, 1);
  let found = 0;
  for await (const { entry } of reader.walk(root, () => found % 100 === 0)) {
    expect(entry.type).toBe('dir');
    found++;
  }
  expect(found).toBe(800);
  expect(Math.max(...requests)).toBeLessThanOrEqual(257);
});

it('a page that is damaged keeps no other folder away', async () => {
  const { root, pages, reader } = await makeTree(4, 2);
  // The first page is the one of every empty folder.
  const oneFolder = [...pages.keys()][1]!;
  pages.set(oneFolder, Buffer.from('damaged'));
  const broken: string[] = [];
  for await (const { entry } of reader.walk(root, () => false)) {
    if (entry.type !== 'dir') continue;
    await reader.list(entry.root).catch((error) => broken.push(error.code));
  }
  expect(broken).toEqual(['corrupt_data']);
});
