import type { ChunkName } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameFromHex, nameToHex } from '@/lib/engine/core/names';
import { findMissing, type MissingPorts } from '../transfer/find-missing';
import { type PointState, planEvents, planRemovals, type SourceEvent } from '../transfer/plan-events';
import { findSpared, markReachable } from './mark';
import { type Fault, ModelVault, namesOf, referencesOf, type Tier, treeOf } from './test-model';

const tiers = ['standard', 'archive'] as const;

/** Work that takes one transaction or one look at a time; between two of them anything else may happen. */
export type Actor = AsyncGenerator<void>;

interface Copy {
  actor: Actor;
  pinNo: number;
  fence: number;
  /** What its writer holds and has not stored. */
  flush(): void;
}

/** A source, a target, a replication between them, and whoever works on them. */
export class ModelWorld {
  readonly source: ModelVault;
  readonly target: ModelVault;
  readonly states = new Map<string, PointState>();
  readonly timesCopied = new Map<string, number>();
  /** Running engines' copies; all but the last have been overtaken. */
  copies: Copy[] = [];
  backups: Actor[] = [];
  /** The engine's archiving, one at a time; those before it have been overtaken. */
  archivings: Omit<Copy, 'fence'>[] = [];
  restores: Actor[] = [];
  /** Source points whose replicas are to go. */
  readonly removals = new Set<string>();
  collecting = new Map<ModelVault, Actor>();
  #seenSeq = 0;
  #fence = 0;
  #ids = 0;
  /** Names of source packs that a cursor over packs would have passed: for the faulty variant only. */
  readonly #sent = new Set<string>();

  constructor(readonly fault: Fault | null) {
    this.source = new ModelVault(fault);
    this.target = new ModelVault(fault);
  }

  // Backups into the source: look-ups, packs, then the commit.

  startBackup(seed: number): void {
    const root = treeOf(seed);
    const parents = this.source
      .visible()
      .filter(({ tier }) => tier === 'standard' || this.fault === 'archived_parent');
    const parent = parents.at(-1) ?? null;
    const pinNo = this.source.openPin('backup', `job ${++this.#ids}`, parent?.id ?? null);
    this.backups.push(this.#backup(`point ${this.#ids}`, root, parent?.root ?? null, pinNo, seed % 7 === 0));
  }

  async *#backup(id: string, root: string, parent: string | null, pinNo: number, fails: boolean): Actor {
    const { source } = this;
    // What the parent has is referred to without asking: unchanged files are not read again.
    const inherited = new Set(parent ? namesOf(parent).map(({ name }) => name) : []);
    const fresh = namesOf(root).filter(({ name }) => !inherited.has(name));
    for (let open = fresh; open.length > 0; ) {
      const half = open.slice(0, Math.ceil(open.length / 2));
      const lacking = half.filter(({ name }) => !source.has(name));
      yield;
      source.addPack(pinNo, lacking);
      open = open.slice(half.length);
      yield;
    }
    if (fails) {
      source.releasePin(pinNo);
      return;
    }
    // The gateway verifies before it commits; what was condemned after its look-up is sent once more.
    const again = fresh.filter(({ name }) => !source.has(name));
    if (again.length > 0) source.addPack(pinNo, again);
    if (this.fault !== 'numbers_before_commit') {
      yield;
      source.commit({ id, root, origin: id }, pinNo);
      return;
    }
    const seq = ++source.head;
    yield;
    source.points.set(id, { id, root, origin: id, isVisible: true, tier: 'standard' });
    source.releasePin(pinNo);
    source.events.push({ seq, kind: 'committed', point: id });
  }

  // Replication.

  absorb(): void {
    const seenSeq = this.#seenSeq;
    const events = this.source.events.filter(({ seq }) => seq > seenSeq).sort((a, b) => a.seq - b.seq);
    const planned = events.map(({ seq, kind, point }): SourceEvent => {
      const { isVisible, tier } = this.source.points.get(point)!;
      return {
        seq,
        kind,
        pointId: point,
        point: { isVisible, isArchived: tier === 'archive', hasExpired: false, isHistory: false },
      };
    });
    const known = this.fault === 'copies_final_states' ? new Map() : this.states;
    for (const id of planRemovals(planned, known)) this.removals.add(id);
    for (const { pointId, state } of planEvents(planned, known)) this.states.set(pointId, state);
    this.#seenSeq = events.at(-1)?.seq ?? seenSeq;
  }

  /** The faulty variant that looks at the source anew, as if no final state were kept. */
  forgetStates(): void {
    if (this.fault === 'copies_final_states') this.#seenSeq = 0;
  }

  pending(): string[] {
    return [...this.states].filter(([, state]) => state === 'pending').map(([id]) => id);
  }

  /** A new engine, or the same one after a crash, takes the replication over. */
  startCopy(id: string): void {
    const source = this.source.points.get(id)!;
    if (this.#settleGone(id)) return;
    const earlier = this.target.pinOfWork(id);
    const pinNo = earlier === null ? this.target.openPin('copy', id) : this.target.replacePin(earlier);
    const inFlight: { name: string; isPage: boolean }[] = [];
    const flush = () => {
      if (inFlight.length > 0) this.target.addPack(pinNo, inFlight.splice(0));
    };
    const fence = ++this.#fence;
    this.copies.push({
      actor: this.#copy(id, source.root, { pinNo, fence, inFlight, flush }),
      pinNo,
      fence,
      flush,
    });
  }

  async *#copy(
    id: string,
    root: string,
    work: { pinNo: number; fence: number; inFlight: { name: string; isPage: boolean }[]; flush(): void },
  ): Actor {
    const { pinNo, inFlight, flush } = work;
    try {
      for await (const { pages, data } of findMissing(nameFromHex(root), this.#copyPorts())) {
        for (const name of [...data, ...pages]) {
          const hex = nameToHex(name);
          if (!this.source.rows.has(hex)) throw new Error('page is gone');
          this.#sent.add(hex);
          inFlight.push({ name: hex, isPage: pages.includes(name) });
        }
        yield;
        if (pinNo % 2 === 0) flush();
        yield;
      }
      flush();
      yield;
    } catch (error) {
      if ((error as Error).message === 'pin is gone') return;
      // The source's chunks are gone: its point must be, or in the archive.
      if (!this.#settleGone(id)) throw error;
      return;
    }
    this.#commitCopy(id, root, work);
  }

  #commitCopy(id: string, root: string, { pinNo, fence }: { pinNo: number; fence: number }): void {
    if (fence !== this.#fence || !this.target.pins.has(pinNo) || this.states.get(id) !== 'pending') return;
    if (this.#settleGone(id)) return;
    this.target.commit({ id: `copy ${++this.#ids}`, root, origin: id }, pinNo);
    this.states.set(id, 'copied');
    this.timesCopied.set(id, (this.timesCopied.get(id) ?? 0) + 1);
  }

  #copyPorts(): MissingPorts {
    const isCursor = this.fault === 'pack_cursor';
    return {
      presence: async (names) =>
        isCursor
          ? names.map((name) => (this.#sent.has(nameToHex(name)) ? 'settled' : 'absent'))
          : this.target.presence(names),
      references: async (pages) => this.source.references(pages),
    };
  }

  /** Gives a point that is not to be copied any more its final state. */
  #settleGone(id: string): boolean {
    const { isVisible, tier } = this.source.points.get(id)!;
    if (isVisible && tier === 'standard') return false;
    this.#settle(id, isVisible ? 'archived' : 'deleted');
    return true;
  }

  /** The guard days are over and nobody holds it. */
  removeReplica(origin: string): void {
    this.removals.delete(origin);
    const replica = this.target.visible().find((point) => point.origin === origin);
    if (replica) this.target.delete(replica.id);
    this.states.set(origin, 'archived');
  }

  // Archiving at the source.

  /** The engine takes an archiving over, or begins it. */
  startArchiving(id: string): void {
    const { root } = this.source.points.get(id)!;
    const earlier = this.source.pinOfWork(`archive ${id}`);
    const pinNo =
      earlier === null ? this.source.openPin('archive', `archive ${id}`) : this.source.replacePin(earlier);
    const inFlight: { name: string; isPage: boolean }[] = [];
    const flush = () => {
      if (inFlight.length > 0) this.source.addPack(pinNo, inFlight.splice(0), 'archive');
    };
    this.archivings.push({ actor: this.#archive(id, root, { pinNo, inFlight, flush }), pinNo, flush });
  }

  async *#archive(
    id: string,
    root: string,
    {
      pinNo,
      inFlight,
      flush,
    }: { pinNo: number; inFlight: { name: string; isPage: boolean }[]; flush(): void },
  ): Actor {
    const { source } = this;
    try {
      const ports: MissingPorts = {
        presence: async (names) => source.presence(names, 'archive'),
        references: async (pages) => source.references(pages),
      };
      for await (const { pages, data } of findMissing(nameFromHex(root), ports)) {
        for (const name of [...data, ...pages]) {
          if (!source.rows.has(nameToHex(name))) throw new Error('page is gone');
          inFlight.push({ name: nameToHex(name), isPage: pages.includes(name) });
        }
        yield;
        if (pinNo % 2 === 0) flush();
        yield;
      }
      flush();
      yield;
      source.archive(id, pinNo);
    } catch (error) {
      if ((error as Error).message === 'pin is gone') return;
      const { isVisible, tier } = source.points.get(id)!;
      if (isVisible && tier === 'standard') throw error;
    }
  }

  // Restores, which collections do not wait for.

  startRestore(id: string): void {
    const { root, tier } = this.source.points.get(id)!;
    const pinNo = this.source.openPin('restore', `restore ${++this.#ids}`, id);
    this.restores.push(this.#restore(root, tier, pinNo));
  }

  async *#restore(root: string, tier: Tier, pinNo: number): Actor {
    for (let i = 0; i < 4; i++) {
      if (!this.source.isWholeIn(root, tier)) throw new Error('a running restore lost a chunk');
      yield;
    }
    this.source.releasePin(pinNo);
  }

  crashArchiver(): void {
    this.archivings = [];
  }

  #settle(id: string, state: PointState): void {
    this.states.set(id, state);
    const pinNo = this.target.pinOfWork(id);
    if (pinNo !== null) this.target.replacePin(pinNo, true);
  }

  crash(): void {
    this.copies = [];
  }

  /** Copies whose point has its final state are abandoned by the next tick. */
  abandonSettled(): void {
    for (const [pinNo, pin] of [...this.source.pins]) {
      const point = this.source.points.get(pin.work.replace('archive ', ''));
      const isOver = point && !(point.isVisible && point.tier === 'standard');
      if (pin.kind === 'archive' && !pin.isAbandoned && isOver) this.source.replacePin(pinNo, true);
    }
    for (const [id, state] of this.states)
      if (state !== 'pending' && state !== 'copied') this.#settle(id, state);
  }

  // Collection.

  startCollection(vault: ModelVault): void {
    if (!this.collecting.has(vault)) this.collecting.set(vault, this.#collect(vault));
  }

  async *#collect(vault: ModelVault): Actor {
    const { collection, roots } = vault.snapshot();
    yield;
    const reached = { standard: new NameSet(), archive: new NameSet() };
    for (const tier of tiers) {
      const references = async (pages: readonly ChunkName[]) => vault.references(pages, tier);
      yield* markReachable(roots[tier], { references }, reached[tier]);
    }
    if (vault.condemn(collection, reached) > 0) {
      yield;
      vault.beginWait(collection);
      yield;
      if (vault === this.target && this.fault !== 'no_wait_for_pins') {
        // The account's lease: these are the only copies, but for overtaken ones, which lose their pins.
        const own = this.copies.find(({ fence }) => fence === this.#fence);
        if (own && this.target.pins.has(own.pinNo)) own.flush();
        this.copies = this.copies.filter((copy) => copy !== own);
        this.#fence += 1;
        vault.renewCopyPins(collection);
      }
      if (vault === this.source && this.fault !== 'no_wait_for_pins') {
        for (const { pinNo, flush } of this.archivings) if (vault.pins.has(pinNo)) flush();
        this.archivings = [];
        vault.renewCopyPins(collection);
      }
      while (vault.hasOlderBackups(collection)) yield;
      if (this.fault !== 'no_second_mark') {
        const roots = vault.rootsSince(collection);
        for (const tier of tiers) {
          const spared = new NameSet();
          const ports = {
            references: async (pages: readonly ChunkName[]) => pages.map(referencesOf),
            isCondemned: async (names: readonly ChunkName[]) => vault.isCondemned(collection, names, tier),
          };
          yield* this.fault === 'second_mark_of_points_only'
            ? markReachable(roots[tier], ports, spared)
            : findSpared(roots[tier], vault.newPages(collection, tier), ports, spared);
          vault.spare(collection, tier, spared);
        }
      }
    }
    yield;
    vault.sweepRows(collection);
    yield;
    vault.sweepPacks(collection);
    yield;
    vault.endAbandonedPins(collection);
    yield;
    const seen = vault.livingInWastefulPacks(collection);
    if (seen.length === 0) return;
    yield;
    vault.compact(seen);
    yield;
    vault.sweepPacks(collection);
  }
}
