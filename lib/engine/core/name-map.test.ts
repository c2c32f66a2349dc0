import { describe, expect, it } from 'vitest';
import { NameMap } from './name-map';
import { NameSet } from './name-set';
import { computeName, nameFromHex, nameFromUuid, nameToHex, nameToUuid } from './names';
import { noise } from './test-bytes';

const names = (count: number, seed = 1) => {
  const bytes = noise(count * 16, seed);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * 16, i * 16 + 16));
};

describe('computeName', () => {
  it('depends on the key, the type and every byte', () => {
    const key = noise(32);
    const bytes = noise(100, 2);
    const name = computeName(key, 'data', bytes);
    expect(name).toHaveLength(16);
    expect(computeName(key, 'data', bytes)).toEqual(name);
    expect(computeName(key, 'tree', bytes)).not.toEqual(name);
    expect(computeName(noise(32, 3), 'data', bytes)).not.toEqual(name);
    expect(computeName(key, 'data', bytes.subarray(1))).not.toEqual(name);
  });

  it('has a text form in hex and as a uuid', () => {
    const name = noise(16);
    expect(nameFromHex(nameToHex(name))).toEqual(name);
    expect(nameFromUuid(nameToUuid(name))).toEqual(name);
    expect(() => nameFromHex('xyz')).toThrow('32 hex digits');
  });
});

describe('NameMap', () => {
  it('keeps 200,000 names and their values while it grows from nothing', () => {
    const map = new NameMap(2);
    const all = names(200_000);
    all.forEach((name, i) => {
      const entry = map.insert(name);
      map.setValue(entry, 0, i);
      map.setValue(entry, 1, 0xffffffff - i);
    });
    expect(map.size).toBe(200_000);
    for (const i of [0, 1, 777, 199_999]) {
      const entry = map.find(all[i]!);
      expect([map.getValue(entry, 0), map.getValue(entry, 1)]).toEqual([i, 0xffffffff - i]);
      expect(map.nameAt(entry)).toEqual(all[i]);
    }
    for (const stranger of names(1000, 2)) expect(map.find(stranger)).toBe(-1);
  });

  it('finds names that differ only after the hashed word', () => {
    const set = new NameSet();
    const clashing = names(500).map((name) => Buffer.concat([Buffer.alloc(4, 9), name.subarray(4)]));
    for (const name of clashing) expect(set.add(name)).toBe(true);
    for (const name of clashing) expect(set.add(name)).toBe(false);
    expect(set.size).toBe(500);
    expect([...set]).toEqual(clashing);
    expect(set.has(noise(16, 99))).toBe(false);
  });
});
