import { describe, expect, it } from 'vitest';
import { breaches } from './law';
import type { Cost } from './measure';

const mib = 1024 * 1024;

function cost(name: string, more: Partial<Cost> = {}): Cost {
  return {
    shape: { name, chunks: 1000, chunkBytes: 1024, points: 1 },
    newBytes: 64 * mib,
    newChunks: 1024,
    seconds: 1,
    cpuSeconds: 1,
    queries: 100,
    names: 2100,
    lists: 0,
    readBytes: 64.5 * mib,
    writtenBytes: 64.1 * mib,
    idle: { queries: 15, names: 0, lists: 0, readBytes: 0, writtenBytes: 0, seconds: 0.02 },
    ...more,
  };
}

describe('the law of growth', () => {
  it('holds where vaults of any shape cost the same', () => {
    expect(breaches([cost('small'), cost('large', { queries: 110, seconds: 5 })])).toEqual([]);
  });

  it.each<[string, Partial<Cost>]>([
    ['bytes read', { readBytes: 67 * mib }],
    ['bytes written', { writtenBytes: 67 * mib }],
    ['names', { names: 5200 }],
    ['lists', { lists: 1 }],
    ['statements', { queries: 126 }],
    ['bytes read for nothing', { idle: { ...cost('').idle, readBytes: 1 } }],
    ['names for nothing', { idle: { ...cost('').idle, names: 1 } }],
    ['lists for nothing', { idle: { ...cost('').idle, lists: 1 } }],
    ['statements for nothing', { idle: { ...cost('').idle, queries: 21 } }],
  ])('is broken by more %s in the larger vault', (_, more) => {
    expect(breaches([cost('small'), cost('large', more)])).not.toEqual([]);
  });
});
