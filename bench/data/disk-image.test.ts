import { expect, it } from 'vitest';
import { chooseRuns } from './disk-image';

const totalBlocks = (2048 * 1024) / 4;
const blocksOf = (shape: 'clustered' | 'scattered') =>
  chooseRuns(shape, totalBlocks).flatMap(({ first, count }) =>
    Array.from({ length: count }, (_, n) => first + n),
  );

it.each(['clustered', 'scattered'] as const)(
  'changes 1 %% of the blocks, each once, inside the image: %s',
  (shape) => {
    const blocks = blocksOf(shape);
    expect(blocks.length).toBe(Math.floor(totalBlocks / 100));
    expect(new Set(blocks).size).toBe(blocks.length);
    expect(Math.min(...blocks)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...blocks)).toBeLessThan(totalBlocks);
  },
);

it('changes clustered blocks in runs of a mebibyte and scattered ones far from each other', () => {
  expect(chooseRuns('clustered', totalBlocks)[0]!.count).toBe(256);
  const scattered = blocksOf('scattered');
  expect(Math.min(...scattered.slice(1).map((block, n) => block - scattered[n]!))).toBeGreaterThan(64);
});
