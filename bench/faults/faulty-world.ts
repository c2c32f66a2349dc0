import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eq, inArray, sql } from 'drizzle-orm';
import { backupPoints } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { newId } from '@/lib/context';
import { type Fault, FaultStore, type StoreOperation } from '@/lib/engine/core/store/fault-store';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import {
  type Address,
  backUp,
  deleteByHand,
  type Files,
  hashesOf,
  makeWorld,
  readPoint,
  retryNow,
  tick,
  type World,
} from '@/lib/engine/transfer/test-world';
import { folderZone, zonedStorage } from '@/lib/engine/vaults/region-storage';
import { testEnvironment } from '@/lib/engine/vaults/test-environment';
import type { SeededRandom } from '@/scripts/demo/random';

/** Decides about each call of a store while it is armed. */
export type FaultPlan = (operation: StoreOperation, name: string) => Fault;

/** Longer than anything takes that is not stuck. */
const patienceMs = 60_000;
const keptPoints = 6;

/**
 * Two accounts with a replication between them, on a real database and real folders behind stores that fail by plan. What is
 * told to be kept is remembered here, outside of both, and compared after every fault.
 */
export class FaultyWorld {
  /** What each acknowledged point of the source holds. */
  readonly told = new Map<string, Record<string, string>>();
  plan: FaultPlan | null = null;
  #backups = 0;

  private constructor(
    private world: World,
    private readonly random: SeededRandom,
  ) {}

  /** @param environment one that engine processes share; then stores do not fail. */
  static async over(environment: World['environment'], database: TestDatabase, random: SeededRandom) {
    return new FaultyWorld(await makeWorld(database, { environment }), random);
  }

  static async create(database: TestDatabase, random: SeededRandom): Promise<FaultyWorld> {
    const environment = await testEnvironment(database);
    let self: FaultyWorld | null = null;
    const guard = (store: ConstructorParameters<typeof FaultStore>[0]) =>
      new FaultStore(store, (operation, _, name) => self?.plan?.(operation, name) ?? null);
    const zones = new Map<string, ReturnType<typeof folderZone>[]>();
    const zonesIn = (region: string) => {
      const known = zones.get(region);
      if (known) return known;
      const made = [folderZone('a', join(environment.dataFolder, 'regions', region, 'a'), guard)];
      zones.set(region, made);
      return made;
    };
    const storage = zonedStorage(database.engine, zonesIn);
    const world = await makeWorld(database, { environment: { ...environment, storage } });
    self = new FaultyWorld(world, random);
    return self;
  }

  /** As if the process had died and another one had started: nothing is remembered but what is stored. */
  restart(): void {
    this.world = { ...this.world, environment: { ...this.world.environment } };
  }

  get targetAccountId(): string {
    return this.world.target.accountId;
  }

  /** Something that administrators and engines do, by chance. What fails is not acknowledged. */
  async act(): Promise<void> {
    const { source, target } = this.world;
    if (this.random.next() < 0.5) await this.change();
    else await tick(this.world, this.random.pick([source, target, target]).accountId);
  }

  /** What administrators do; engines go after it. */
  async change(): Promise<void> {
    if (this.random.next() < 0.6) await this.backUp();
    else await this.#delete();
  }

  /** @param tellsTooEarly acknowledges the point before it is committed: what the product must never do, as a control. */
  async backUp({ tellsTooEarly = false } = {}): Promise<void> {
    const files: Files = {};
    for (let i = 0; i < 4; i++) {
      const number = this.random.int(40);
      const length = 500 + number * 700;
      files[`d${number % 3}/f${number}`] = number % 2 === 0 ? noise(length, number) : prose(length, number);
    }
    files.new = noise(2000, ++this.#backups);
    const id = newId('s');
    if (tellsTooEarly) this.told.set(id, hashesOf(files));
    await backUp(this.world, this.world.source, files, { id });
    this.told.set(id, hashesOf(files));
  }

  /** Deletes the oldest points when there are many; the copies of what is deleted stay. */
  async #delete(): Promise<void> {
    const [oldest] = this.told.size > keptPoints ? this.told.keys() : [];
    if (!oldest) return this.backUp();
    // From here on it may be there or not.
    this.told.delete(oldest);
    await deleteByHand(this.world, this.world.source, oldest);
  }

  /** Ticks both accounts until every acknowledged point has its copy. @returns whether it came to that. */
  async settle(): Promise<boolean> {
    return this.#until(async () => {
      await tick(this.world, this.world.source.accountId);
      await tick(this.world, this.world.target.accountId);
    });
  }

  /** The same, by engines that run as processes. */
  async awaitCopies(): Promise<boolean> {
    return this.#until(async () => {
      await this.world.database.owner.execute(sql`select wake_ticker(${this.targetAccountId})`);
    });
  }

  async #until(advance: () => Promise<void>): Promise<boolean> {
    const until = performance.now() + patienceMs;
    while (performance.now() < until) {
      await this.#forgetWaiting();
      await advance();
      const copied = await this.#copies();
      if ([...this.told.keys()].every((id) => copied.has(id))) return true;
      await delay(200);
    }
    return false;
  }

  /** Reads every acknowledged point, its copies, and whatever else is visible. @returns what is wrong. */
  async examine(): Promise<string[]> {
    const wrong: string[] = [];
    const visible = await this.#visible();
    for (const [id, hashes] of this.told) {
      if (!visible.some((point) => point.id === id)) wrong.push(`lost: ${id}`);
      else await this.#compare(this.world.source, id, hashes, wrong);
    }
    for (const { id, accountId, vaultId, originPointId } of visible) {
      const hashes = this.told.get(originPointId);
      if (this.told.has(id)) continue;
      await this.#compare({ accountId, vaultId }, id, hashes ?? null, wrong);
    }
    return wrong;
  }

  async #compare(at: Address, id: string, hashes: Record<string, string> | null, wrong: string[]) {
    try {
      const found = await readPoint(this.world, at, id);
      if (hashes && !isSame(found, hashes)) wrong.push(`corrupt: ${id}`);
    } catch (error) {
      wrong.push(`lost: ${id} cannot be read: ${(error as Error).message}`);
    }
  }

  async #copies(): Promise<Set<string>> {
    const { target } = this.world;
    const visible = await this.#visible();
    const copies = visible.filter(({ vaultId }) => vaultId === target.vaultId);
    return new Set(copies.map(({ originPointId }) => originPointId));
  }

  async #visible() {
    const { database, source, target } = this.world;
    const rows = await database.owner
      .select()
      .from(backupPoints)
      .where(inArray(backupPoints.vaultId, [source.vaultId, target.vaultId]));
    return rows.filter(({ status }) => status === 'visible');
  }

  /** As if the time had passed after which what failed is tried again. */
  async #forgetWaiting(): Promise<void> {
    await retryNow(this.world);
    await this.world.database.owner.execute(
      sql`update vaults set status = 'created' where id in (${this.world.source.vaultId}, ${this.world.target.vaultId})`,
    );
  }

  /** Ends every connection that the engine has to the database at this moment. */
  async cutConnections(): Promise<number> {
    const cut = await this.world.database.owner.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = 'crossvault_engine'`);
    return cut.length;
  }

  /** A number of points whose copies have expired, so that a target has something to collect. */
  async expireCopies(): Promise<void> {
    const { database, target } = this.world;
    const known = new Set(this.told.keys());
    for (const { id, vaultId, originPointId } of await this.#visible()) {
      if (vaultId !== target.vaultId || known.has(originPointId)) continue;
      await database.owner
        .update(backupPoints)
        .set({ expiresAt: new Date(0) })
        .where(eq(backupPoints.id, id));
    }
  }
}

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
