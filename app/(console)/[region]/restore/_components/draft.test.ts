import { describe, expect, test } from 'vitest';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { checkItems, choosePoint, chooseVault, emptyDraft, toSelection } from './draft';

const point = (id: string) => ({ id }) as BackupPoint;
const filled = {
  ...emptyDraft,
  vaultId: 'v-1',
  point: point('s-1'),
  mode: 'include' as const,
  included: ['a'],
  excluded: ['b'],
  clientId: 'c-1',
  targetPath: '/restore',
};

describe('a restore draft', () => {
  test('drops the point and its items with another vault, and keeps the destination', () => {
    expect(chooseVault(filled, 'v-2')).toMatchObject({
      vaultId: 'v-2',
      point: null,
      mode: 'all',
      included: [],
      excluded: [],
      clientId: 'c-1',
      targetPath: '/restore',
    });
  });

  test('keeps everything when the same vault or point is chosen again', () => {
    expect(chooseVault(filled, 'v-1')).toBe(filled);
    expect(choosePoint(filled, point('s-1'))).toBe(filled);
  });

  test('sends the list of its mode and keeps the other one', () => {
    expect(toSelection(filled)).toEqual({ mode: 'include', paths: ['a'] });
    expect(toSelection({ ...filled, mode: 'exclude' })).toEqual({ mode: 'exclude', paths: ['b'] });
    expect(toSelection({ ...filled, mode: 'all' })).toEqual({ mode: 'all' });
  });

  test.each([
    [{ ...filled, mode: 'all' as const, included: [] }, 0],
    [{ ...filled, included: [] }, 1],
    [{ ...filled, included: Array.from({ length: 1001 }, (_, at) => `f${at}`) }, 1],
    [filled, 0],
  ])('says what is missing of the items', (draft, problems) => {
    expect(checkItems(draft)).toHaveLength(problems);
  });
});
