import { createHash } from 'node:crypto';
import type { ChunkName } from '@/lib/engine/core';
import type { NameSet } from '@/lib/engine/core/name-set';
import { nameFromHex, nameToHex } from '@/lib/engine/core/names';
import type { PageReferences } from '@/lib/engine/core/tree/references';
import type { Presence } from '../transfer/find-missing';

/**
 * A vault reduced to what collection and copies can get wrong: rows, packs, pins, points and their order. Every method is
 * one transaction of the real thing. The algorithms that decide are the product's own; see `model.test.ts`.
 */

/** Guards that a faulty variant leaves out, one at a time; the product has no such switches. */
export type Fault =
  | 'pack_cursor'
  | 'copies_final_states'
  | 'numbers_before_commit'
  | 'no_second_mark'
  | 'second_mark_of_points_only'
  | 'no_wait_for_pins'
  | 'condemned_is_present'
  | 'pin_released_early'
  | 'running_packs_condemned'
  | 'unsettled_is_settled'
  | 'archived_parent'
  | 'dedup_against_archive'
  | 'archives_held_points'
  | 'archived_is_no_root'
  | 'compacts_unsettled_packs'
  | 'compaction_revives';

export type Tier = 'standard' | 'archive';
const tiers: readonly Tier[] = ['standard', 'archive'];
/** A row's key: the tier is part of it. */
const keyOf = (name: string, tier: Tier) => (tier === 'archive' ? `archive ${name}` : name);

interface Row {
  tier: Tier;
  name: string;
  pack: number;
  isPage: boolean;
  condemnedBy: number | null;
}

interface Pin {
  kind: 'backup' | 'copy' | 'archive' | 'restore';
  work: string;
  /** The parent of a backup. */
  point: string | null;
  isAbandoned: boolean;
}

export interface Point {
  id: string;
  root: string;
  origin: string;
  isVisible: boolean;
  tier: Tier;
}

/** Root pages by the tier that their points lie in. */
export type Roots = Record<Tier, ChunkName[]>;

export interface Collection {
  number: number;
  head: number;
  markPack: number;
  running: Set<number>;
  waitPin: number;
}

/** What pages refer to, by name: the bytes, which never change. */
const contents = new Map<string, PageReferences>();

function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A point's tree: a root over two pages over two chunks each, out of few, so that points share and meet again. */
export function treeOf(seed: number): string {
  const chunk = (i: number) => nameOf(`chunk ${i % 4}`);
  const page = (i: number) => {
    const chunks = [chunk(i), chunk(i >> 2)];
    const name = nameOf(`page ${chunks.join()}`);
    contents.set(name, { pages: [], chunks: chunks.map((hex) => ({ name: nameFromHex(hex), length: 1 })) });
    return name;
  };
  const pages = [page(seed & 15), page((seed >> 4) & 15)];
  const root = nameOf(`root ${pages.join()}`);
  contents.set(root, { pages: pages.map(nameFromHex), chunks: [] });
  return root;
}

export function referencesOf(name: ChunkName): PageReferences {
  const found = contents.get(nameToHex(name));
  if (!found) throw new Error('not a page');
  return found;
}

/** Every name of a tree, children before parents, with its kind. */
export function namesOf(root: string): { name: string; isPage: boolean }[] {
  const { pages, chunks } = referencesOf(nameFromHex(root));
  return [
    ...chunks.map(({ name }) => ({ name: nameToHex(name), isPage: false })),
    ...pages.flatMap((page) => namesOf(nameToHex(page))),
    { name: root, isPage: true },
  ];
}

export class ModelVault {
  readonly rows = new Map<string, Row>();
  readonly packs = new Map<number, { pin: number | null; rows: number }>();
  readonly pins = new Map<number, Pin>();
  readonly points = new Map<string, Point>();
  readonly events: { seq: number; kind: 'committed' | 'archived' | 'deleted'; point: string }[] = [];
  head = 0;
  #lastPack = 0;
  #lastPin = 0;
  #lastCollection = 0;

  constructor(readonly fault: Fault | null) {}

  // Work.

  openPin(kind: Pin['kind'], work: string, point: string | null = null): number {
    const pinNo = ++this.#lastPin;
    this.pins.set(pinNo, { kind, work, point, isAbandoned: false });
    return pinNo;
  }

  /** Moves an earlier pin's packs to a pin of a new number. */
  replacePin(pinNo: number, isAbandoned = false): number {
    const pin = this.pins.get(pinNo)!;
    const heir = this.openPin(pin.kind, pin.work, pin.point);
    this.pins.get(heir)!.isAbandoned = isAbandoned;
    for (const pack of this.packs.values()) if (pack.pin === pinNo) pack.pin = heir;
    this.pins.delete(pinNo);
    return heir;
  }

  releasePin(pinNo: number): void {
    for (const pack of this.packs.values()) if (pack.pin === pinNo) pack.pin = null;
    this.pins.delete(pinNo);
  }

  pinOfWork(work: string): number | null {
    for (const [pinNo, pin] of this.pins) if (pin.work === work && !pin.isAbandoned) return pinNo;
    return null;
  }

  /** @throws when the pin is gone, as the foreign key does. */
  addPack(pinNo: number, names: readonly { name: string; isPage: boolean }[], tier: Tier = 'standard'): void {
    const isReleased = this.fault === 'pin_released_early';
    if (!isReleased && !this.pins.has(pinNo)) throw new Error('pin is gone');
    const pack = ++this.#lastPack;
    const put = { pin: isReleased ? null : pinNo, rows: names.length };
    this.packs.set(pack, put);
    for (const { name, isPage } of names) {
      const key = keyOf(name, tier);
      const row = this.rows.get(key);
      if (!row || row.condemnedBy !== null)
        this.rows.set(key, { tier, name, pack, isPage, condemnedBy: null });
    }
  }

  has(name: string, tier: Tier = 'standard'): boolean {
    const row = this.rows.get(keyOf(name, tier));
    if (!row && tier === 'standard' && this.fault === 'dedup_against_archive')
      return this.has(name, 'archive');
    return row !== undefined && (row.condemnedBy === null || this.fault === 'condemned_is_present');
  }

  presence(names: readonly ChunkName[], tier: Tier = 'standard'): Presence[] {
    return names.map((name) => {
      const hex = nameToHex(name);
      const row = this.rows.get(keyOf(hex, tier));
      if (!row || !this.has(hex, tier)) return 'absent';
      const { pin } = this.packs.get(row.pack)!;
      return pin === null || this.fault === 'unsettled_is_settled' ? 'settled' : 'unsettled';
    });
  }

  /** Pages are read wherever a row is, condemned or not. */
  references(names: readonly ChunkName[], tier: Tier = 'standard'): PageReferences[] {
    return names.map((name) => {
      if (!this.rows.has(keyOf(nameToHex(name), tier))) throw new Error('page is gone');
      return referencesOf(name);
    });
  }

  commit(point: Omit<Point, 'isVisible' | 'tier'>, pinNo: number): void {
    this.points.set(point.id, { ...point, isVisible: true, tier: 'standard' });
    this.releasePin(pinNo);
    this.events.push({ seq: ++this.head, kind: 'committed', point: point.id });
  }

  /** Moves a point whose tree is whole in the archive; not while running work holds it. */
  archive(id: string, pinNo: number): 'archived' | 'held' | 'over' {
    const point = this.points.get(id)!;
    if (!point.isVisible || point.tier === 'archive') return 'over';
    if (!this.pins.has(pinNo)) throw new Error('pin is gone');
    const isHeld = [...this.pins.values()].some((pin) => pin.point === id);
    if (isHeld && this.fault !== 'archives_held_points') return 'held';
    point.tier = 'archive';
    this.releasePin(pinNo);
    this.events.push({ seq: ++this.head, kind: 'archived', point: id });
    return 'archived';
  }

  delete(id: string): void {
    this.points.get(id)!.isVisible = false;
    this.events.push({ seq: ++this.head, kind: 'deleted', point: id });
  }

  visible(): Point[] {
    return [...this.points.values()].filter((point) => point.isVisible);
  }

  // Collection: each method is one transaction or one snapshot.

  snapshot(): { collection: Collection; roots: Roots } {
    const running = new Set<number>();
    for (const [packNo, { pin }] of this.packs) {
      if (pin !== null && !this.pins.get(pin)?.isAbandoned) running.add(packNo);
    }
    if (this.fault === 'running_packs_condemned') running.clear();
    const number = ++this.#lastCollection;
    const collection = { number, head: this.head, markPack: this.#lastPack, running, waitPin: 0 };
    return { collection, roots: this.#rootsOf((point) => point.isVisible) };
  }

  condemn(collection: Collection, reached: Record<Tier, NameSet>): number {
    let condemned = 0;
    for (const row of this.rows.values()) {
      const isReached = reached[row.tier].has(nameFromHex(row.name));
      if (row.condemnedBy !== null || !this.#isCandidate(collection, row) || isReached) continue;
      row.condemnedBy = collection.number;
      condemned += 1;
    }
    return condemned;
  }

  beginWait(collection: Collection): void {
    collection.waitPin = this.#lastPin;
  }

  hasOlderBackups({ waitPin }: Collection): boolean {
    if (this.fault === 'no_wait_for_pins') return false;
    return [...this.pins].some(([pinNo, pin]) => pin.kind === 'backup' && pinNo <= waitPin);
  }

  renewCopyPins({ waitPin }: Collection): void {
    for (const [pinNo, pin] of [...this.pins]) {
      const isCopy = pin.kind === 'copy' || pin.kind === 'archive';
      if (isCopy && !pin.isAbandoned && pinNo <= waitPin) this.replacePin(pinNo);
    }
  }

  rootsSince({ head }: Collection): Roots {
    const isRoot = (kind: string) =>
      kind === 'committed' || (kind === 'archived' && this.fault !== 'archived_is_no_root');
    const since = new Set(this.events.filter((e) => e.seq > head && isRoot(e.kind)).map((e) => e.point));
    return this.#rootsOf((point) => point.isVisible && since.has(point.id));
  }

  async *newPages(collection: Collection, tier: Tier): AsyncGenerator<ChunkName[]> {
    for (const row of [...this.rows.values()]) {
      const isNew = row.condemnedBy === null && !this.#isCandidate(collection, row);
      if (row.isPage && row.tier === tier && isNew) yield [nameFromHex(row.name)];
    }
  }

  isCondemned(collection: Collection, names: readonly ChunkName[], tier: Tier): boolean[] {
    return names.map(
      (name) => this.rows.get(keyOf(nameToHex(name), tier))?.condemnedBy === collection.number,
    );
  }

  spare(collection: Collection, tier: Tier, spared: NameSet): void {
    for (const row of this.rows.values()) {
      if (row.tier !== tier || row.condemnedBy !== collection.number) continue;
      if (!spared.has(nameFromHex(row.name))) continue;
      row.condemnedBy = null;
      if (this.packs.get(row.pack)!.pin !== null) collection.running.add(row.pack);
    }
  }

  sweepRows({ number }: Collection): void {
    for (const [name, row] of [...this.rows]) if (row.condemnedBy === number) this.rows.delete(name);
  }

  sweepPacks(collection: Collection): void {
    const used = new Set([...this.rows.values()].map((row) => row.pack));
    for (const [packNo, { pin }] of [...this.packs]) {
      const isHeld = pin !== null && !this.pins.get(pin)?.isAbandoned;
      if (packNo <= collection.markPack && !used.has(packNo) && !isHeld) this.packs.delete(packNo);
    }
  }

  /** The rows of settled packs that are partly dead, as the collection sees them before it writes them anew. */
  livingInWastefulPacks({ markPack }: Collection): Row[] {
    const living = [...this.rows.values()];
    const isWasteful = (packNo: number) => {
      const { pin, rows } = this.packs.get(packNo)!;
      if (pin !== null) return this.fault === 'compacts_unsettled_packs';
      return packNo <= markPack && living.filter(({ pack }) => pack === packNo).length < rows;
    };
    return living.filter(({ pack }) => isWasteful(pack)).map((row) => ({ ...row }));
  }

  /** Rows that are still where they were seen move to a new pack. */
  compact(seen: readonly Row[]): void {
    const pack = ++this.#lastPack;
    this.packs.set(pack, { pin: null, rows: seen.length });
    for (const was of seen) {
      const key = keyOf(was.name, was.tier);
      const row = this.rows.get(key);
      if (row?.pack === was.pack) row.pack = pack;
      if (!row && this.fault === 'compaction_revives') this.rows.set(key, { ...was, pack });
    }
  }

  endAbandonedPins(collection: Collection): void {
    for (const [pinNo, pin] of [...this.pins]) {
      const packs = [...this.packs].filter(([, pack]) => pack.pin === pinNo).map(([packNo]) => packNo);
      const isCovered = packs.every((pack) => pack <= collection.markPack && !collection.running.has(pack));
      if (pin.isAbandoned && isCovered) this.releasePin(pinNo);
    }
  }

  /** Names that visible points reach and no row holds. Empty, at every moment. */
  lacking(): string[] {
    return [...this.reached()].filter((key) => {
      const row = this.rows.get(key);
      return !row || !this.packs.has(row.pack);
    });
  }

  /** Keys of the rows that visible points reach. */
  reached(): Set<string> {
    const keys = ({ root, tier }: Point) => namesOf(root).map(({ name }) => keyOf(name, tier));
    return new Set(this.visible().flatMap(keys));
  }

  /** Whether each page and chunk of a tree has its row in a tier. */
  isWholeIn(root: string, tier: Tier): boolean {
    return namesOf(root).every(({ name }) => this.rows.has(keyOf(name, tier)));
  }

  /** What running work has put is there for its own look-ups until it ends. */
  hasTakenFromRunningWork(): boolean {
    return [...this.rows.values()].some(({ condemnedBy, pack }) => {
      const pin = this.packs.get(pack)?.pin ?? null;
      return condemnedBy !== null && pin !== null && this.pins.get(pin)?.isAbandoned === false;
    });
  }

  #isCandidate({ markPack, running }: Collection, { pack }: Row): boolean {
    return pack <= markPack && !running.has(pack);
  }

  #rootsOf(isWanted: (point: Point) => boolean): Roots {
    const pinned = new Set([...this.pins.values()].map((pin) => pin.point));
    const points = [...this.points.values()].filter((point) => isWanted(point) || pinned.has(point.id));
    const [standard, archive] = tiers.map((tier) =>
      points.filter((point) => point.tier === tier).map((point) => nameFromHex(point.root)),
    );
    return { standard: standard!, archive: archive! };
  }
}
