import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgressDisplay, describeProgress } from './progress-display';

const progress = {
  bytesDone: 512 * 1024 ** 2,
  bytesTotal: 1024 ** 3,
  itemsDone: 1200,
  itemsTotal: 2400,
  transferredBytes: 100 * 1024 ** 2,
  rateBytesPerSecond: 64 * 1024 ** 2,
  currentItem: '/srv/data/ä very long name indeed that does not fit.txt',
};

describe('a progress line', () => {
  test('says what is done, of how much, how fast and how long it takes', () => {
    expect(describeProgress(progress)).toBe(
      '50%  512 MiB of 1.00 GiB  1,200 of 2,400 files  100 MiB sent  64.0 MiB/s  0:08 left',
    );
  });

  test('claims nothing while it is still counting', () => {
    const counting = { ...progress, bytesTotal: null, itemsTotal: null, rateBytesPerSecond: null };
    expect(describeProgress(counting)).toBe('counting  512 MiB  1,200 files  100 MiB sent  – MiB/s');
  });

  test('stays one line on a terminal, whatever the width', () => {
    for (const columns of [20, 80, 100, 200]) {
      const out = Object.assign(new PassThrough(), { columns });
      createProgressDisplay('terminal', out).show(progress);
      const text = out.read().toString() as string;
      expect([...text.replace('\r\u001b[K', '')].length).toBeLessThan(columns);
      expect(text).not.toContain('\n');
    }
  });

  test('for machines is one JSON object a line', () => {
    const out = new PassThrough();
    const display = createProgressDisplay('json', out);
    display.show(progress);
    display.show(progress);
    const lines = (out.read().toString() as string)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(Array(2).fill({ type: 'progress', ...progress }));
  });

  test('where nobody looks comes now and then', () => {
    const out = new PassThrough();
    const display = createProgressDisplay('lines', out);
    for (let i = 0; i < 10; i++) display.show(progress);
    expect((out.read().toString() as string).split('\n')).toHaveLength(2);
  });
});
