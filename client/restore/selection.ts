import { CrossvaultError } from '@/lib/errors';
import type { RestoreSpec } from '@/lib/jobs/schemas';

type Selection = RestoreSpec['selection'];

/**
 * Which entries of a point a restore takes, asked folder by folder on the way down. A folder that only leads to
 * chosen items is restored without its other contents.
 */
export interface SelectedBelow {
  /** What is taken of the entry with this raw name; null when nothing is. */
  enter(name: Uint8Array): SelectedBelow | null;
}

interface Node {
  children: Map<string, Node>;
  isChosen: boolean;
}

const everything: SelectedBelow = { enter: () => everything };

/** @throws `invalid_input` for a path with `.`, `..` or broken escapes. */
export function selectionBelowRoot(selection: Selection): SelectedBelow {
  if (selection.mode === 'all') return everything;
  const root: Node = { children: new Map(), isChosen: false };
  for (const path of selection.paths) {
    let node = root;
    for (const name of decodePath(path)) {
      const key = name.toString('latin1');
      const child: Node = node.children.get(key) ?? { children: new Map(), isChosen: false };
      node.children.set(key, child);
      node = child;
    }
    node.isChosen = true;
  }
  return selection.mode === 'include' ? included(root) : excluded(root);
}

function included(node: Node): SelectedBelow {
  if (node.isChosen) return everything;
  return {
    enter: (name) => {
      const child = node.children.get(Buffer.from(name).toString('latin1'));
      return child ? included(child) : null;
    },
  };
}

function excluded(node: Node): SelectedBelow {
  if (node.isChosen) return { enter: () => null };
  return {
    enter: (name) => {
      const child = node.children.get(Buffer.from(name).toString('latin1'));
      if (!child) return everything;
      return child.isChosen ? null : excluded(child);
    },
  };
}

/** The raw names of an encoded path (`lib/schemas`, `encodedPath`). */
export function decodePath(path: string): Buffer[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      const bytes = Buffer.from(
        segment.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      );
      const text = bytes.toString('latin1');
      if (text === '.' || text === '..' || text.includes('/') || text.includes('\0'))
        throw new CrossvaultError('invalid_input', `"${path}" is not a path inside a backup point.`);
      return bytes;
    });
}

/** Raw names as an encoded path. */
export function encodePath(names: readonly Uint8Array[]): string {
  return names.map(encodeName).join('/');
}

function encodeName(name: Uint8Array): string {
  let out = '';
  for (const byte of name) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
