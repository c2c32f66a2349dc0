import { expect, test } from 'vitest';
import type { Entry } from '@/lib/backup-points/schemas';
import { type Folder, listVisibleRows } from './visible-rows';

function entry(path: string, type: Entry['type'] = 'file'): Entry {
  const name = path.split('/').at(-1)!;
  return {
    name,
    path,
    type,
    sizeBytes: 0,
    fileCount: 1,
    mode: 0o644,
    modifiedAt: '2026-01-12T00:00:00Z',
    linkTarget: null,
  };
}

function folder(entries: Entry[], change: Partial<Folder> = {}): Folder {
  return { entries, nextCursor: null, status: 'loaded', ...change };
}

const keys = (folders: Map<string, Folder>, open: string[]) =>
  listVisibleRows(folders, new Set(open)).map((row) => `${row.level} ${row.kind} ${row.key}`);

test('a closed folder hides what it holds', () => {
  const folders = new Map([
    ['', folder([entry('home', 'folder'), entry('note')])],
    ['home', folder([entry('home/a')])],
  ]);
  expect(keys(folders, [])).toEqual(['1 entry home', '1 entry note']);
  expect(keys(folders, ['home'])).toEqual(['1 entry home', '2 entry home/a', '1 entry note']);
});

test('a folder that is not loaded yet, has more, failed or is empty says so', () => {
  expect(keys(new Map(), [])).toEqual(['1 loading ?loading']);
  expect(keys(new Map([['', folder([entry('a')], { nextCursor: 'c' })]]), [])).toEqual([
    '1 entry a',
    '1 more ?more',
  ]);
  expect(keys(new Map([['', folder([], { status: 'failed' })]]), [])).toEqual(['1 failed ?failed']);
  expect(keys(new Map([['', folder([])]]), [])).toEqual(['1 empty ?empty']);
});
