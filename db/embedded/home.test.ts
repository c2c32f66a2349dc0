import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterHome } from './home';
import { serverIdentity } from './identity';

const isRoot = process.getuid?.() === 0;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossvault-home-'));
  chmodSync(folder, 0o711);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('an ordinary user keeps the cluster inside the data folder', () => {
  expect(clusterHome(join(folder, 'data'), null)).toBe(join(folder, 'data/postgres'));
});

describe.runIf(isRoot)('as root, where the server runs as another user', () => {
  const identity = isRoot ? serverIdentity() : null;
  const home = () => clusterHome(join(folder, 'parent/data'), identity, join(folder, 'shared'));
  const parent = (mode: number) => {
    mkdirSync(join(folder, 'parent'), { recursive: true });
    chmodSync(join(folder, 'parent'), mode);
  };
  const layCluster = (at: string) => {
    mkdirSync(join(at, 'data'));
    writeFileSync(join(at, 'data/PG_VERSION'), '18\n');
  };

  test('it lies inside the data folder where that user can enter', () => {
    parent(0o755);
    expect(home()).toBe(join(folder, 'parent/data/postgres'));
  });

  test('it lies elsewhere where that user cannot enter, and stays there', () => {
    parent(0o700);
    const elsewhere = home();
    expect(elsewhere).toMatch(new RegExp(`^${folder}/shared/[0-9a-f]{16}$`));
    layCluster(elsewhere);
    parent(0o755);
    expect(home()).toBe(elsewhere);
  });

  test('a cluster that has become unreachable is not replaced by an empty one', () => {
    parent(0o755);
    layCluster(home());
    parent(0o700);
    expect(home).toThrow('can no longer enter the folder');
  });
});
