import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFacts, loadVaultLock } from '../facts';
import { formatVersion } from '../format-version';
import { openBareVault } from '../rescue';
import { FolderStore } from '../store/folder-store';
import { MemoryStore } from '../store/memory-store';
import { testServiceKey } from '../test-vault';
import { type Contents, makeGoldenVault, readContents } from './golden-vault';

const versions = readdirSync(import.meta.dirname).filter((name) => /^v\d+$/.test(name));
const contentsOf = (version: string): Contents =>
  JSON.parse(readFileSync(join(import.meta.dirname, version, 'contents.json'), 'utf8'));

describe.each(versions)('a vault of format %s', (version) => {
  const store = new FolderStore(join(import.meta.dirname, version, 'vault'));

  it('is read whole, by its storage and its key alone', async () => {
    expect(await readContents(store)).toEqual(contentsOf(version));
  });

  it('tells its facts and its lock', async () => {
    const { keys } = await openBareVault(store, [testServiceKey]);
    const facts = [...(await loadFacts(store, keys, 'p1')), ...(await loadFacts(store, keys, 'p2'))];
    expect(facts.map(({ kind }) => kind)).toEqual(['retention', 'lock', 'archived']);
    expect(await loadVaultLock(store, keys)).toEqual(new Date('2026-03-01T00:00:00Z'));
  });
});

it('the present version is kept, and still written with the same contents', async () => {
  expect(versions).toContain(`v${formatVersion}`);
  const store = new MemoryStore();
  await makeGoldenVault(store);
  expect(await readContents(store)).toEqual(contentsOf(`v${formatVersion}`));
});
