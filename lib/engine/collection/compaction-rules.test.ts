import { expect, test } from 'vitest';
import { byLane, choosePacks, type SettledPack } from './compaction-rules';

const mib = 1024 * 1024;
let numbers = 0;

const pack = (rest: Partial<SettledPack> & { type?: 'data' | 'tree' } = {}): SettledPack => {
  const { type = 'data', ...own } = rest;
  const plainBytes = own.plainBytes ?? 20 * mib;
  const packNo = ++numbers;
  return {
    packNo,
    spaceNo: 1,
    sizeBytes: 16 * mib,
    livingBytes: plainBytes,
    ref: { objectName: `packs/${packNo}`, sizeBytes: own.sizeBytes ?? 16 * mib, type },
    ...own,
    plainBytes,
  };
};
const small = (rest: Parameters<typeof pack>[0] = {}) =>
  pack({ sizeBytes: mib / 8, plainBytes: mib / 4, ...rest });

test('a pack is written anew when more than a fifth of it is dead', () => {
  const [whole, fifth, more] = [
    pack(),
    pack({ plainBytes: 100, livingBytes: 80 }),
    pack({ plainBytes: 100, livingBytes: 79 }),
  ];
  expect(choosePacks([whole, fifth, more])).toEqual([more]);
});

test('small packs are merged when there are many of one kind in one space', () => {
  const few = Array.from({ length: 31 }, () => small());
  const others = [small({ spaceNo: 2 }), small({ type: 'tree' }), pack()];
  expect(choosePacks([...few, ...others])).toEqual([]);
  const many = [...few, small()];
  expect(choosePacks([...many, ...others])).toEqual(many);
});

test('a pack has one reason to be written anew, and packs go by space and type', () => {
  const dead = Array.from({ length: 40 }, () => small({ livingBytes: 1 }));
  const chosen = choosePacks([...dead, pack({ type: 'tree', livingBytes: 1 })]);
  expect(new Set(chosen.map(({ packNo }) => packNo)).size).toBe(chosen.length);
  expect(byLane(chosen).map((lane) => lane.length)).toEqual([40, 1]);
});
