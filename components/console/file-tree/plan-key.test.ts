import { expect, test } from 'vitest';
import { planKey } from './plan-key';
import type { TreeRow } from './visible-rows';

function row(path: string, isOpen = false): TreeRow {
  const entry = {
    name: path,
    path,
    type: 'folder',
    sizeBytes: 0,
    fileCount: 0,
    mode: 0,
    modifiedAt: '',
    linkTarget: null,
  } as const;
  return {
    kind: 'entry',
    key: path,
    level: path.split('/').length,
    entry,
    isOpen,
    parent: path.split('/').slice(0, -1).join('/'),
  };
}

const rows: TreeRow[] = [
  row('a', true),
  row('a/b'),
  { kind: 'failed', key: 'a?failed', level: 2, parent: 'a' },
  row('c'),
];

test.each([
  ['ArrowDown', 0, { kind: 'move', to: 1 }],
  ['ArrowUp', 0, { kind: 'move', to: 0 }],
  ['PageDown', 1, { kind: 'move', to: 3 }],
  ['End', 0, { kind: 'move', to: 3 }],
  ['ArrowRight', 0, { kind: 'move', to: 1 }],
  ['ArrowRight', 1, { kind: 'toggle_open' }],
  ['ArrowLeft', 0, { kind: 'toggle_open' }],
  ['ArrowLeft', 1, { kind: 'move', to: 0 }],
  ['Enter', 2, { kind: 'retry' }],
  [' ', 1, { kind: 'toggle_mark' }],
  ['ArrowLeft', 3, null],
  ['x', 0, null],
])('%j on row %d', (key, active, step) => {
  expect(planKey(key, rows, active, 10)).toEqual(step);
});
