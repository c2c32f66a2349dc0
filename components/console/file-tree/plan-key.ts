import type { TreeRow } from './visible-rows';

export type TreeStep =
  | { kind: 'move'; to: number }
  | { kind: 'toggle_open' }
  | { kind: 'toggle_mark' }
  | { kind: 'retry' };

/** What a key does in the tree, after the pattern for tree views; null for keys that are not its own. */
export function planKey(key: string, rows: TreeRow[], active: number, pageRows: number): TreeStep | null {
  const row = rows[active];
  if (!row) return null;
  const isOpenFolder = row.kind === 'entry' && row.isOpen;
  const move = (to: number): TreeStep => ({ kind: 'move', to: Math.min(Math.max(0, to), rows.length - 1) });
  switch (key) {
    case 'ArrowDown':
      return move(active + 1);
    case 'ArrowUp':
      return move(active - 1);
    case 'PageDown':
      return move(active + pageRows);
    case 'PageUp':
      return move(active - pageRows);
    case 'Home':
      return move(0);
    case 'End':
      return move(rows.length - 1);
    case 'ArrowRight':
      return isOpenFolder ? move(active + 1) : { kind: 'toggle_open' };
    case 'ArrowLeft': {
      if (isOpenFolder) return { kind: 'toggle_open' };
      const parent = rows.findIndex((other) => other.key === row.parent);
      return parent < 0 ? null : move(parent);
    }
    case 'Enter':
      return { kind: row.kind === 'failed' ? 'retry' : 'toggle_open' };
    case ' ':
      return { kind: 'toggle_mark' };
    default:
      return null;
  }
}
