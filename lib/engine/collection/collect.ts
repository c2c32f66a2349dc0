import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { inAccount, type Tx } from '@/db/client';
import { collections } from '@/db/schema';
import type { ChunkName } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { nameToUuid } from '@/lib/engine/core/names';
import { renewCopyPins } from '@/lib/engine/transfer';
import { VaultFrames } from '@/lib/engine/transfer/vault-frames';
import { type OpenVault, openVault, type VaultEnvironment, type VaultLineage } from '@/lib/engine/vaults';
import { CrossvaultError, invariant } from '@/lib/errors';
import { compactPacks } from './compact';
import { findSpared, markReachable } from './mark';
import {
  candidateNames,
  condemn,
  condemnedBy,
  inSlices,
  newPages,
  readMarkSnapshot,
  rootsSince,
  uncondemn,
  type VaultKey,
} from './rows';
import { sweepPacks, sweepRows } from './sweep';
import { sweepOrphans } from './sweep-orphans';

type CollectionRow = typeof collections.$inferSelect;

export interface CollectOptions {
  /**
   * Ends the steps that this process is taking for copies into the vault. Called before their pins are renewed: the
   * account's lease makes this process the only one that takes any.
   */
  closeCopies(): Promise<void>;
}

/**
 * Takes the garbage collection of one vault as far as it can go now, starting one if none is under way. Yields after each
 * bounded piece; may be stopped there, or die, and be called again. See `README.md` for why the steps are what they are.
 */
export async function* collect(
  environment: VaultEnvironment,
  vault: VaultKey,
  options: CollectOptions,
): AsyncGenerator<void> {
  const collector = new Collector(environment, vault, options);
  try {
    yield* collector.run();
  } catch (error) {
    await collector.writeDown(error);
    throw error;
  }
}

class Collector {
  #collectionNo: number | null = null;

  constructor(
    private readonly environment: VaultEnvironment,
    private readonly vault: VaultKey,
    private readonly options: CollectOptions,
  ) {}

  async *run(): AsyncGenerator<void> {
    for (let row = await this.#open(); row.step !== 'done'; row = await this.#reload(row)) {
      yield;
      if (row.step === 'mark') yield* this.#mark(row);
      else if (row.step === 'wait') {
        if (!(await this.#wait(row))) return;
      } else if (row.step === 'remark') yield* this.#remark(row);
      else if (row.step === 'sweep') yield* this.#sweep(row);
      else yield* this.#compact(row);
    }
  }

  async writeDown(error: unknown): Promise<void> {
    if (this.#collectionNo === null) return;
    const message = error instanceof Error ? error.message : String(error);
    await this.#inVault((tx) =>
      tx
        .update(collections)
        .set({ lastError: message.slice(0, 1000) })
        .where(eq(collections.collectionNo, this.#collectionNo!)),
    ).catch(() => {
      // The database is away; the tick's own error says so.
    });
  }

  async #open(): Promise<CollectionRow> {
    const row = await this.#inVault(async (tx) => {
      const { accountId, vaultId } = this.vault;
      await tx.insert(collections).values({ accountId, vaultId }).onConflictDoNothing();
      const [open] = await tx
        .select()
        .from(collections)
        .where(and(eq(collections.vaultId, vaultId), ne(collections.step, 'done')));
      return open;
    });
    invariant(row, 'a collection is open');
    this.#collectionNo = row.collectionNo;
    return row;
  }

  async #reload({ collectionNo }: CollectionRow): Promise<CollectionRow> {
    const [row] = await this.#inVault((tx) =>
      tx.select().from(collections).where(eq(collections.collectionNo, collectionNo)),
    );
    invariant(row, 'a collection keeps its row');
    return row;
  }

  /** Mark, then condemn the whole dead set in one transaction. */
  async *#mark(row: CollectionRow): AsyncGenerator<void> {
    const { db } = this.environment;
    const opened = await this.#openVault();
    const snapshot = await readMarkSnapshot(db, this.vault);
    const dead = new Map<number, NameSet>();
    for (const lineage of opened.spaces) {
      const { spaceNo } = lineage;
      const reached = new NameSet();
      const roots = snapshot.roots.filter((root) => root.spaceNo === spaceNo).map((root) => root.page);
      yield* markReachable(roots, { references: this.#references(opened, lineage) }, reached);
      const unreached = new NameSet();
      for await (const names of candidateNames(db, this.vault, spaceNo, snapshot)) {
        for (const name of names) if (!reached.has(name)) unreached.add(name);
        yield;
      }
      dead.set(spaceNo, unreached);
    }
    await this.#step(row, 'mark', async (tx) => {
      let condemned = 0;
      for (const [spaceNo, names] of dead) {
        condemned += await condemn(tx, row.collectionNo, spaceNo, names, snapshot);
      }
      return {
        // Nothing condemned, nothing to wait for.
        step: condemned > 0 ? 'wait' : 'sweep',
        condemnedAt: sql`now()`,
        condemnedHead: snapshot.head,
        condemnedChunks: condemned,
        markPack: snapshot.markPack,
        markRunningPacks: snapshot.runningPacks,
      };
    });
  }

  /** @returns whether all work older than the condemnation has ended. */
  async #wait(row: CollectionRow): Promise<boolean> {
    // A transaction of its own, begun when the condemnation is visible: whoever is not in it looks up after it.
    await this.#inVault((tx) =>
      tx
        .update(collections)
        .set({
          waitPin: sql`(select coalesce(max(n.pin_no), 0) from pins n where n.vault_id = ${row.vaultId})`,
        })
        .where(and(eq(collections.collectionNo, row.collectionNo), isNull(collections.waitPin))),
    );
    const { waitPin } = await this.#reload(row);
    await this.options.closeCopies();
    await this.#inVault((tx) => renewCopyPins(tx, this.vault, waitPin!));
    const [older] = await this.#inVault((tx) =>
      tx.execute(sql`
        select 1 from pins n
        where n.vault_id = ${row.vaultId} and n.work_kind = 'backup' and n.pin_no <= ${waitPin} limit 1`),
    );
    if (older) return false;
    await this.#step(row, 'wait', async () => ({ step: 'remark' }));
    return true;
  }

  /** Finds what was condemned and is needed after all, and gives it back in one transaction. */
  async *#remark(row: CollectionRow): AsyncGenerator<void> {
    const { db } = this.environment;
    const opened = await this.#openVault();
    const mark = { markPack: row.markPack!, runningPacks: row.markRunningPacks };
    const roots = await rootsSince(db, this.vault, row.condemnedHead!);
    const sparedBySpace = new Map<number, NameSet>();
    for (const lineage of opened.spaces) {
      const { spaceNo } = lineage;
      const spared = new NameSet();
      sparedBySpace.set(spaceNo, spared);
      yield* findSpared(
        roots.filter((root) => root.spaceNo === spaceNo).map((root) => root.page),
        newPages(db, this.vault, spaceNo, mark),
        {
          references: this.#references(opened, lineage),
          isCondemned: condemnedBy(db, this.vault, row.collectionNo, spaceNo),
        },
        spared,
      );
    }
    await this.#step(row, 'remark', async (tx) => {
      for (const [spaceNo, spared] of sparedBySpace) {
        await uncondemn(tx, row.collectionNo, spaceNo, spared);
        await this.#keepAbandonedPacksOf(tx, row, spaceNo, spared);
      }
      return { step: 'sweep' };
    });
  }

  /**
   * A spared page of an abandoned copy may still lack part of its subtree, because the work that needs it is running. Its
   * pack counts as running work's from now on, so that the abandoned pin stays until a later collection.
   */
  async #keepAbandonedPacksOf(
    tx: Tx,
    row: CollectionRow,
    spaceNo: number,
    spared: Iterable<ChunkName>,
  ): Promise<void> {
    for (const names of inSlices(spared, 10_000)) {
      await tx.execute(sql`
        update collections set mark_running_packs = mark_running_packs || array(
          select distinct c.pack_no from chunks c join packs p on p.pack_no = c.pack_no
          where c.space_no = ${spaceNo} and c.name = any(${`{${names.map(nameToUuid).join(',')}}`}::uuid[])
            and p.pin_no is not null)
        where collection_no = ${row.collectionNo}`);
    }
  }

  async *#sweep(row: CollectionRow): AsyncGenerator<void> {
    const { db } = this.environment;
    while (await sweepRows(db, this.vault, row.collectionNo)) yield;
    yield* this.#sweepPacks(row);
    const { store } = await this.#openVault();
    yield* sweepOrphans(db, store, this.vault);
    await this.#step(row, 'sweep', async (tx) => {
      await this.#endAbandonedPins(tx, row);
      return { step: 'compact' };
    });
  }

  async *#compact(row: CollectionRow): AsyncGenerator<void> {
    const { collectionNo } = row;
    yield* compactPacks(this.environment, await this.#openVault(), { collectionNo, markPack: row.markPack! });
    yield* this.#sweepPacks(row);
    await this.#step(row, 'compact', async () => ({ step: 'done', finishedAt: sql`now()`, lastError: null }));
  }

  async *#sweepPacks(row: CollectionRow): AsyncGenerator<void> {
    const { store } = await this.#openVault();
    const collection = { collectionNo: row.collectionNo, markPack: row.markPack! };
    while (await sweepPacks(this.environment.db, store, this.vault, collection)) yield;
  }

  /** Abandoned copies all of whose packs the mark covered: what is left in them is whole. */
  async #endAbandonedPins(tx: Tx, row: CollectionRow): Promise<void> {
    const over = sql`
      select n.pin_no from pins n
      where n.vault_id = ${row.vaultId} and n.work_id like 'abandoned/%' and not exists (
        select 1 from packs p join collections c on c.collection_no = ${row.collectionNo}
        where p.pin_no = n.pin_no and (p.pack_no > c.mark_pack or p.pack_no = any(c.mark_running_packs)))`;
    const ended = await tx.execute<{ pin_no: string }>(over);
    for (const { pin_no: pinNo } of ended) {
      await tx.execute(sql`update packs set pin_no = null where pin_no = ${pinNo}`);
      await tx.execute(sql`delete from pins where pin_no = ${pinNo}`);
    }
  }

  /** Takes one step by compare-and-set: a process that was overtaken changes nothing. */
  async #step(
    row: CollectionRow,
    from: CollectionRow['step'],
    work: (tx: Tx) => Promise<PgUpdateSetSource<typeof collections>>,
  ): Promise<void> {
    await this.#inVault(async (tx) => {
      const [current] = await tx
        .select({ step: collections.step })
        .from(collections)
        .where(eq(collections.collectionNo, row.collectionNo))
        .for('update');
      if (current?.step !== from) return;
      const changes = await work(tx);
      await tx.update(collections).set(changes).where(eq(collections.collectionNo, row.collectionNo));
    });
  }

  #references(opened: OpenVault, lineage: VaultLineage) {
    const frames = new VaultFrames(opened, lineage, this.environment.work);
    const index = opened.index(lineage);
    return async (pages: readonly ChunkName[]) => {
      const locations = await index.locate(pages);
      return Promise.all(
        pages.map((name, i) => {
          const location = locations[i];
          if (location) return frames.references({ name, location });
          throw new CrossvaultError(
            'corrupt_data',
            'A tree page that a backup point reaches is not in the index.',
          );
        }),
      );
    };
  }

  #openVault(): Promise<OpenVault> {
    return openVault(this.environment, this.vault);
  }

  #inVault<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return inAccount(this.environment.db, this.vault.accountId, work);
  }
}
