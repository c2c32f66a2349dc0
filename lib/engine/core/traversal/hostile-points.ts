import type { EntryMeta, FileEntry, SpecialEntry, SymlinkEntry, TreeEntry } from '../tree/entry';
import type { WalkedEntry } from '../tree/tree-reader';

/** Small and fast, and the same everywhere. */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }
  roll(sides: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % sides;
  }
  pick<T>(of: readonly T[]): T {
    return of[this.roll(of.length)]!;
  }
}

export interface HostilePoint {
  entries: WalkedEntry[];
  /** What the contents really are, whatever the entries declare. */
  contentOf(entry: FileEntry): Buffer;
}

const plain = ['a', 'b', 'dir', 'file', 'door', 'link', 'twin', 'A', 'DIR', 'cafe\u0301', 'caf\u00e9'];

/** A tree as a hostile writer would make it, of entries that no decoder has looked at. */
export function makeHostilePoint(dice: Dice, outside: string): HostilePoint {
  const names = [
    ...['..', '.', '', '/', '//', 'a/b', '../x', '../outside/new', '../outside/victim', '../../up'],
    ...[
      outside,
      `${outside}/new`,
      '/etc/crossvault-traversal',
      'a\0b',
      '\0',
      '..\0',
      './a',
      'a/..',
      '~',
      '-rf',
    ],
    ...[
      '..\\x',
      '%2e%2e',
      '\uff0e\uff0e',
      '\u2024\u2024',
      'x'.repeat(256),
      'x'.repeat(5000),
      'COM1',
      'a:b',
      '.. ',
    ],
  ];
  const name = () => Buffer.from(dice.roll(3) === 0 ? dice.pick(names) : dice.pick(plain));
  const targets = [
    ...[outside, '../outside', '..', '/', '.', `${outside}/victim`, '../outside/victim', '/proc/self/fd'],
    ...['/proc/self/cwd', 'a', 'dir', 'link', 'x'.repeat(5000), 'a\0b', ''],
  ];
  const xattrNames = [
    ...['user.a', 'security.capability', 'trusted.overlay.opaque', 'trusted.overlay.redirect', 'trusted.a'],
    ...['system.posix_acl_access', 'nonsense', '', `user.${'x'.repeat(300)}`],
  ];
  const meta = (): EntryMeta => ({
    name: name(),
    mode: dice.pick([0o644, 0o755, 0o6777, 0o4755, 0o2711, 0o1777, 0, 0o177777]),
    uid: dice.pick([0, 1000, 65_534, 0xffff_fffe]),
    gid: dice.pick([0, 1000, 0xffff_fffe]),
    mtimeNs: dice.pick([0n, -1n, 1n << 62n, 10n ** 18n]),
    ...(dice.roll(3) === 0 && { hardLinkGroup: BigInt(dice.roll(2)) }),
    ...(dice.roll(4) === 0 && {
      xattrs: [{ name: Buffer.from(dice.pick(xattrNames)), value: Buffer.alloc(dice.roll(40)) }],
    }),
  });
  const file = (): FileEntry => ({
    ...meta(),
    type: 'file',
    sizeBytes: dice.pick([0, 4, 100, 1e12, Number.MAX_SAFE_INTEGER]),
    content: { kind: 'inline', chunks: [] },
    ...(dice.roll(3) === 0 && { isSparse: true }),
  });
  const link = (): SymlinkEntry => ({ ...meta(), type: 'symlink', target: Buffer.from(dice.pick(targets)) });
  const special = (): SpecialEntry => ({
    ...meta(),
    type: dice.pick(['fifo', 'socket', 'char_device', 'block_device'] as const),
    device: { major: dice.pick([1, 8, 254]), minor: dice.pick([0, 3]) },
  });
  const dir = (): TreeEntry => ({
    ...meta(),
    type: 'dir',
    root: Buffer.alloc(16),
    totals: { files: 0, dirs: 0, bytes: 0 },
  });
  const path = () => Array.from({ length: dice.roll(4) }, name);
  const makers = [file, file, link, link, special, dir];
  const entries: WalkedEntry[] = Array.from({ length: 1 + dice.roll(8) }, () => ({
    path: path(),
    entry: dice.pick(makers)(),
  }));
  if (dice.roll(2) === 0) entries.push(...linkThenChild(dice, { file, link, dir }));
  return {
    entries,
    contentOf: ({ sizeBytes }) => Buffer.alloc(dice.pick([0, Math.min(sizeBytes, 200), 5000]), 'x'),
  };
}

/** A link, and then things that lie in what it leads to, under the same name, in any order. */
function linkThenChild(
  dice: Dice,
  make: { file(): FileEntry; link(): SymlinkEntry; dir(): TreeEntry },
): WalkedEntry[] {
  const door = Buffer.from(dice.pick(plain));
  const steps: WalkedEntry[] = [
    { path: [], entry: { ...make.link(), name: door } },
    { path: [], entry: { ...make.dir(), name: door } },
    { path: [door], entry: { ...make.file(), name: Buffer.from('victim') } },
    { path: [door], entry: { ...make.link(), name: Buffer.from('new') } },
    { path: [door, Buffer.from('new')], entry: make.file() },
  ];
  return steps.filter(() => dice.roll(4) > 0).sort(() => dice.roll(3) - 1);
}
