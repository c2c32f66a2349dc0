import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChunkName } from '@/lib/engine/core';
import { nameToHex } from '@/lib/engine/core/names';
import { buildTree, type TestTree } from './test-tree';
import { ReachedNames } from './walk-pages';

const namingKey = randomBytes(32);
const folders = 300;

function treeOf(changed: number | null): TestTree {
  return Object.fromEntries(
    Array.from({ length: folders }, (_, n) => [
      `folder-${n}`,
      { 'one.txt': Buffer.from(`one ${n}`), 'two.txt': Buffer.from(`two ${n}${n === changed ? '!' : ''}`) },
    ]),
  );
}

async function parentOf(tree: TestTree) {
  const built = await buildTree(namingKey, tree);
  const bytesOf = new Map(built.chunks.map(({ name, bytes }) => [nameToHex(name), bytes]));
  const read: string[] = [];
  const state = { fails: false };
  async function* load(names: readonly ChunkName[]) {
    for (const name of names) {
      if (state.fails && read.length > 5) throw new Error('the storage is away');
      read.push(nameToHex(name));
      yield { bytes: bytesOf.get(nameToHex(name))! };
    }
  }
  return { built, read, state, reached: new ReachedNames(load, built.root) };
}

function namesUnder({ chunks }: { chunks: readonly { name: ChunkName }[] }): string[] {
  return [...new Set(chunks.map(({ name }) => nameToHex(name)))].sort();
}

describe('What the parent of a backup reaches', () => {
  it('is all of its tree, each page read once, however often it is asked for', async () => {
    const { built, read, reached } = await parentOf(treeOf(null));
    const [names] = await Promise.all([reached.all(), reached.all()]);
    expect([...names].map(nameToHex).sort()).toEqual(namesUnder(built));
    expect(read).toHaveLength(new Set(read).size);
    expect(read.length).toBeGreaterThan(folders);
  });

  it('is known of an unchanged root without reading anything', async () => {
    const { built, read, reached } = await parentOf(treeOf(null));
    expect(await reached.find([built.root], () => false)).toEqual([true]);
    expect(read).toEqual([]);
  });

  it('is read no further than what replaced its pages asks for', async () => {
    const { read, reached } = await parentOf(treeOf(null));
    const next = await buildTree(namingKey, treeOf(170));
    const pages = new Set(
      next.chunks.filter(({ type }) => type === 'tree').map(({ name }) => nameToHex(name)),
    );
    const holding = (text: string) => next.chunks.filter(({ bytes }) => Buffer.from(bytes).includes(text));
    const changed = holding('one 170');
    const isNew = new Set(holding('two 170!'));
    const unchanged = next.chunks.filter((chunk) => chunk.type === 'data' && !isNew.has(chunk));
    const isInNewTree = (page: ChunkName) => pages.has(nameToHex(page));
    expect(changed).toHaveLength(1);
    expect(await reached.find([changed[0]!.name], isInNewTree)).toEqual([true]);
    expect(read.length).toBeLessThan(10);
    const all = unchanged.map(({ name }) => name);
    expect(await reached.find(all, isInNewTree)).toEqual(all.map(() => true));
  });

  it('does not hold what another tree alone has, and is read to its end to say so', async () => {
    const { built, read, reached } = await parentOf(treeOf(null));
    const { chunks } = await buildTree(namingKey, { 'not-there.txt': Buffer.from('elsewhere') });
    expect(await reached.find([built.root, chunks[0]!.name], () => true)).toEqual([true, false]);
    const below = built.chunks.filter(({ type }) => type === 'tree');
    expect(read.sort()).toEqual(namesUnder({ chunks: below }));
  });

  it('is whole after the storage was away in the middle', async () => {
    const { built, state, reached } = await parentOf(treeOf(null));
    state.fails = true;
    await expect(reached.all()).rejects.toThrow('the storage is away');
    state.fails = false;
    expect([...(await reached.all())].map(nameToHex).sort()).toEqual(namesUnder(built));
  });
});
