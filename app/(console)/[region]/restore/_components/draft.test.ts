import { describe, expect, test } from 'vitest';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { RestoreTarget } from '@/lib/jobs/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';
import { answer, checkItems, chooseKind, choosePoint, chooseVault, emptyDraft, toSelection } from './draft';
import { isWizardKind, kindUis } from './kinds';

const point = (id: string) => ({ id }) as BackupPoint;
const filled = {
  ...emptyDraft,
  kind: 'local_file' as const,
  vaultId: 'v-1',
  point: point('s-1'),
  mode: 'include' as const,
  included: ['a'],
  excluded: ['b'],
  placeId: 'c-1',
  ...answer(emptyDraft, 'host', { targetPath: ' /restore ' }),
};

describe('a restore draft', () => {
  test('drops the point and its items with another vault, and keeps the destination', () => {
    expect(chooseVault(filled, 'v-2')).toMatchObject({
      vaultId: 'v-2',
      point: null,
      mode: 'all',
      included: [],
      excluded: [],
      placeId: 'c-1',
      answers: { host: { targetPath: ' /restore ' } },
    });
  });

  test('drops point and destination with another kind, and keeps what was typed for each', () => {
    const other = chooseKind(filled, 'oss');
    expect(other).toMatchObject({ kind: 'oss', vaultId: 'v-1', point: null, placeId: null });
    expect(other.answers).toBe(filled.answers);
  });

  test('keeps everything when the same kind, vault or point is chosen again', () => {
    expect(chooseKind(filled, 'local_file')).toBe(filled);
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

const place = (given: Partial<RestoreDestination> = {}): RestoreDestination => ({
  clientId: 'c-1',
  sourceId: 'ds-1',
  name: 'there',
  place: '/mnt/nas',
  platform: 'linux',
  placement: 'server',
  region: 'cn-beijing',
  isOnline: true,
  eligible: true,
  reason: null,
  explanation: null,
  ...given,
});

describe.each(Object.keys(kindUis).filter(isWizardKind))('the kind %s', (kind) => {
  const ui = kindUis[kind];
  const draft = { ...filled, ...answer(filled, 'host', { targetPath: '/mnt/nas/back' }) };

  test('makes a destination that the server reads, from its defaults and the chosen place', () => {
    const target = ui.toTarget(draft, place());
    expect(RestoreTarget.parse(target)).toEqual(target);
    const { sourceId } = target as { sourceId?: string };
    expect([undefined, 'ds-1']).toContain(sourceId);
    expect(ui.checkFields(draft, place())).toEqual([]);
    expect(ui.checkOptions?.(draft) ?? []).toEqual([]);
  });

  test('says what has to stand ready', () => {
    expect(ui.needs.length).toBeGreaterThan(0);
  });
});

describe('a kind says what is missing', () => {
  const set = <K extends keyof typeof filled.answers>(kind: K, part: object) => ({
    ...filled,
    ...answer(filled, kind, part),
  });
  test.each([
    ['local_file', set('host', { targetPath: '' }), 'Enter the target path.'],
    [
      'local_file',
      set('host', { targetPath: 'back' }),
      'Write the whole target path, from the root of the host.',
    ],
    [
      'common_nas',
      set('host', { targetPath: '/mnt/other' }),
      'Choose a folder below /mnt/nas, where this NAS is mounted.',
    ],
    [
      'nas',
      set('file_system', { path: 'back' }),
      'Begin the folder with a slash: / is the root of the file system.',
    ],
    ['cpfs', set('file_system', { path: '/a/../..' }), 'Write the way down from the root, without "..".'],
    ['oss', set('oss', { prefix: '/a' }), 'A prefix does not begin with a slash.'],
    [
      'tablestore',
      set('tablestore', {
        tables: [
          { from: 'a', to: 'c' },
          { from: 'b', to: 'c' },
        ],
      }),
      'Two tables cannot go to c.',
    ],
  ] as const)('%s', (kind, draft, problem) => {
    expect(kindUis[kind].checkFields(draft, place())).toEqual([problem]);
  });

  test.each([
    ['tablestore', set('tablestore', { batchChannels: 17 })],
    ['hana', set('hana', { mode: 'point_in_time' })],
    ['hana', set('hana', { mode: 'specific_backup', shouldUseCatalog: false })],
    ['hana', set('hana', { mode: 'log_position', logPosition: 3 })],
  ] as const)('of the options of %s', (kind, draft) => {
    expect(kindUis[kind].checkOptions?.(draft)).toHaveLength(1);
  });
});
