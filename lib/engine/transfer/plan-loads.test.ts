import { expect, it } from 'vitest';
import { planLoads, type SizedFrame } from './plan-loads';

function frame(pack: string, no: number, more: Partial<SizedFrame> = {}): SizedFrame {
  const ref = { objectName: pack, sizeBytes: 1000, type: 'data' as const };
  return { pack: ref, frame: no, rows: [], wanted: [], isWhole: true, sealedLength: 10, bytes: 10, ...more };
}
const shape = (frames: SizedFrame[], maxBytes = 35) =>
  planLoads(frames, maxBytes).map((load) => [
    load.isRun ? 'run' : 'one',
    load.bytes,
    ...load.frames.map(({ pack, frame: no }) => `${pack.objectName}${no}`),
  ]);

it('joins neighbours of one pack as far as they fit, in the order of the pack', () => {
  const frames = [2, 0, 1, 3, 4].map((no) => frame('a', no));
  expect(shape(frames)).toEqual([
    ['run', 30, 'a0', 'a1', 'a2'],
    ['run', 20, 'a3', 'a4'],
  ]);
});

it('joins nothing over a gap, another pack, or a frame that does not cross whole', () => {
  const frames = [frame('a', 0), frame('b', 1), frame('a', 2), frame('a', 3, { isWhole: false, bytes: 4 })];
  expect(shape([...frames, frame('a', 4)])).toEqual([
    ['run', 10, 'a0'],
    ['run', 10, 'a2'],
    ['one', 4, 'a3'],
    ['run', 10, 'a4'],
    ['run', 10, 'b1'],
  ]);
});

it('reads pages one by one, and what is too long for a piece of memory', () => {
  const pages = { objectName: 't', sizeBytes: 1000, type: 'tree' as const };
  const long = frame('a', 1, { sealedLength: 36 });
  expect(
    shape([frame('t', 0, { pack: pages }), frame('t', 1, { pack: pages }), frame('a', 0), long]),
  ).toEqual([
    ['one', 10, 't0'],
    ['one', 10, 't1'],
    ['run', 10, 'a0'],
    ['one', 10, 'a1'],
  ]);
});
