import { NameSet } from '@/lib/engine/core/name-set';
import { nameFromHex, nameToHex } from '@/lib/engine/core/names';
import { findMissing, type MissingPorts } from '../transfer/find-missing';
import { type PointState, planEvents, type SourceEvent } from '../transfer/plan-events';
import { findSpared, markReachable } from './mark';
import { type Fault, ModelVault, namesOf, referencesOf, treeOf } from './test-model';

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
    const parent = this.source.visible().at(-1) ?? null;
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
    source.points.set(id, { id, root, origin: id, isVisible: true });
    source.releasePin(pinNo);
    source.events.push({ seq, kind: 'committed', point: id });
  }

  // Replication.

  absorb(): void {
    const seenSeq = this.#seenSeq;
    const events = this.source.events.filter(({ seq }) => seq > seenSeq).sort((a, b) => a.seq - b.seq);
    const planned = events.map(({ seq, kind, point }): SourceEvent => {
      const isVisible = this.source.points.get(point)?.isVisible ?? false;
      return {
        seq,
        kind,
        pointId: point,
        point: { isVisible, isArchived: false, hasExpired: false, isHistory: false },
      };
    });
    const known = this.fault === 'copies_final_states' ? new Map() : this.states;
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
    if (!source.isVisible) {
      this.#settle(id, 'deleted');
      return;
    }
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
      // The source's chunks are gone: its point must be.
      if (this.source.points.get(id)!.isVisible) throw error;
      this.#settle(id, 'deleted');
      return;
    }
    this.#commitCopy(id, root, work);
  }

  #commitCopy(id: string, root: string, { pinNo, fence }: { pinNo: number; fence: number }): void {
    if (fence !== this.#fence || !this.target.pins.has(pinNo) || this.states.get(id) !== 'pending') return;
    if (!this.source.points.get(id)!.isVisible) {
      this.#settle(id, 'deleted');
      return;
    }
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
    const reached = new NameSet();
    yield* markReachable(roots, { references: async (pages) => vault.references(pages) }, reached);
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
      while (vault.hasOlderBackups(collection)) yield;
      if (this.fault !== 'no_second_mark') {
        const spared = new NameSet();
        const roots = vault.rootsSince(collection);
        const ports = {
          references: async (pages: readonly Uint8Array[]) => pages.map(referencesOf),
          isCondemned: async (names: readonly Uint8Array[]) => vault.isCondemned(collection, names),
        };
        yield* this.fault === 'second_mark_of_points_only'
          ? markReachable(roots, ports, spared)
          : findSpared(roots, vault.newPages(collection), ports, spared);
        vault.spare(collection, spared);
      }
    }
    yield;
    vault.sweepRows(collection);
    yield;
    vault.sweepPacks(collection);
    yield;
    vault.endAbandonedPins(collection);
  }
}
