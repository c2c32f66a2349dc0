import { eq } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { replications, vaults } from '@/db/schema';
import { Archiver, findAbandonedArchivings } from '@/lib/engine/archive';
import { collect } from '@/lib/engine/collection';
import { deletePoint } from '@/lib/engine/core/point-store';
import { BackupCopier, findAbandonedBackupCopies } from '@/lib/engine/sharing';
import { abandonCopy, findAbandonedCopies, Replicator, tellOwner } from '@/lib/engine/transfer';
import {
  checkVault,
  createKeyMaterial,
  deleteVault,
  initialiseVault,
  type VaultEnvironment,
  type VaultPlace,
} from '@/lib/engine/vaults';
import { loadAccountState, type StateOptions } from './account-state';
import { findDuty } from './duties';
import { type PlannedStep, planTick, type Step } from './plan-tick';
import { expirePoints, removePoints } from './points';
import { recordSamples } from './samples';
import type { Turnstile } from './turnstile';

export interface TickOptions extends StateOptions {
  environment: VaultEnvironment;
  accountId: string;
  /** Every bounded piece of work passes through it, in turn with those of other accounts. */
  turnstile: Turnstile;
  /** The lease is gone or the engine stops: the tick ends after the piece it is in. */
  signal: AbortSignal;
  /** Whether the lease is gone: then nothing more is made durable. */
  isLeaseLost(): boolean;
  /** Whether other accounts wait for a place in this engine. */
  isCrowded(): boolean;
  /** The longest an account keeps its place while others wait. */
  placeMs: number;
  /** How long an account's copy goes on before its other work, and what is new, is looked at again: 3 s by default. */
  sliceMs?: number;
  onStep?(step: PlannedStep): void;
  onError(error: unknown, step: PlannedStep): void;
}

export interface TickOutcome {
  dueInMs: number | null;
  error: string | null;
}

const defaultSliceMs = 3000;
/** How soon a step that failed is tried again. */
const failureMs = 10_000;

/**
 * One tick of one account: plan, take the steps in bounded pieces, and plan again until nothing is left to do now. Errors
 * of a step are written down and end that step alone.
 */
export async function runTick(options: TickOptions): Promise<TickOutcome> {
  return new Tick(options).run();
}

class Tick {
  readonly #replicators = new Map<string, Replicator>();
  #archiver: Archiver | null = null;
  #copier: BackupCopier | null = null;
  readonly #collections = new Map<string, AsyncGenerator<void>>();
  /** Steps that failed in this tick: they wait for the next one. */
  readonly #failed = new Map<string, string>();

  constructor(private readonly options: TickOptions) {}

  async run(): Promise<TickOutcome> {
    const { signal, isCrowded, placeMs } = this.options;
    const startedAt = performance.now();
    let dueInMs: number | null = null;
    try {
      for (let sampled = false; !signal.aborted; sampled = true) {
        const plan = planTick(await this.#load());
        ({ dueInMs } = plan);
        const steps = plan.steps.filter(
          ({ step }) => !this.#failed.has(keyOf(step)) && !(sampled && isOnce(step)),
        );
        if (steps.length === 0) break;
        for (const step of steps) {
          if (signal.aborted) break;
          await this.#take(step);
        }
        // Back to the end of the queue, so that accounts beyond this engine's places are served too.
        if (isCrowded() && performance.now() - startedAt > placeMs) return await this.#end(0);
        if (steps.every(({ step }) => isOnce(step))) break;
      }
      return await this.#end(signal.aborted ? 0 : dueInMs);
    } finally {
      await this.#dropAll();
    }
  }

  #load() {
    const { turnstile, environment, accountId } = this.options;
    return turnstile.pass(() => loadAccountState(environment.db, accountId, this.options));
  }

  async #end(dueInMs: number | null): Promise<TickOutcome> {
    if (!this.options.isLeaseLost()) {
      for (const [id, replicator] of this.#replicators) {
        await this.#close(replicator, { kind: 'replicate', replicationId: id });
      }
      await this.#close(this.#archiver, { kind: 'archive' });
      await this.#close(this.#copier, { kind: 'copy_backups' });
    }
    const [error = null] = this.#failed.values();
    const soonest = error === null ? dueInMs : Math.min(dueInMs ?? failureMs, failureMs);
    return { dueInMs: soonest, error };
  }

  async #close(copier: Replicator | Archiver | BackupCopier | null, step: Step): Promise<void> {
    try {
      await copier?.close();
    } catch (error) {
      // What did not become durable is sent again.
      this.#fail({ step, reason: 'end of tick' }, error);
    }
  }

  async #dropAll(): Promise<void> {
    for (const replicator of this.#replicators.values()) await replicator.drop();
    await this.#archiver?.drop();
    await this.#copier?.drop();
    for (const collection of this.#collections.values()) await collection.return(undefined).catch(() => {});
  }

  /** Goes on with a step until it is done, its slice is over, or the tick is to end. */
  async #take(planned: PlannedStep): Promise<void> {
    const { signal, turnstile, onStep, sliceMs = defaultSliceMs } = this.options;
    onStep?.(planned);
    const until = performance.now() + sliceMs;
    try {
      const pieces = this.#pieces(planned.step);
      for (let more = true; more && !signal.aborted && performance.now() < until; ) {
        more = await turnstile.pass(pieces);
      }
    } catch (error) {
      this.#fail(planned, error);
    }
  }

  #fail(planned: PlannedStep, error: unknown): void {
    this.#failed.set(keyOf(planned.step), tellOwner(error));
    this.options.onError(error, planned);
  }

  /** One bounded piece of a step, to be called again while it answers true. */
  #pieces(step: Step): () => Promise<boolean> {
    const { environment, accountId } = this.options;
    const once = (work: () => Promise<unknown>) => async () => {
      await work();
      return false;
    };
    switch (step.kind) {
      case 'create_key':
        return once(() => createKeyMaterial(environment, { accountId, keyId: step.keyId }));
      case 'initialise_vault':
        return once(() => initialiseVault(environment, { accountId, vaultId: step.vaultId }));
      case 'check_vault':
        return once(() => checkVault(environment, { accountId, vaultId: step.vaultId }));
      case 'delete_vault':
        return once(() => deleteVault(environment, { accountId, vaultId: step.vaultId }));
      case 'expire_points':
        return () => expirePoints(environment, accountId);
      case 'remove_points':
        return () => removePoints(environment, accountId);
      case 'abandon_copies':
        return once(() => this.#abandonCopies());
      case 'sample':
        return once(() => recordSamples(environment.db, accountId));
      case 'replicate':
        return this.#replicate(step.replicationId);
      case 'duty':
        return () => findDuty(step.duty).run(environment, accountId);
      case 'archive':
        this.#archiver ??= new Archiver(environment, accountId);
        return this.#archiver.step.bind(this.#archiver);
      case 'copy_backups':
        this.#copier ??= new BackupCopier(environment, accountId);
        return this.#copier.step.bind(this.#copier);
      case 'collect':
        return this.#collect(step.vaultId);
    }
  }

  #replicate(replicationId: string): () => Promise<boolean> {
    const { environment, accountId } = this.options;
    const replicator =
      this.#replicators.get(replicationId) ?? new Replicator(environment, accountId, replicationId);
    this.#replicators.set(replicationId, replicator);
    let isReviewed = false;
    return async () => {
      const outcome = isReviewed ? await replicator.step() : await replicator.review();
      isReviewed = true;
      if (outcome === 'ended') this.#replicators.delete(replicationId);
      return outcome === 'more';
    };
  }

  #collect(vaultId: string): () => Promise<boolean> {
    const { environment, accountId } = this.options;
    const collection =
      this.#collections.get(vaultId) ??
      collect(environment, { accountId, vaultId }, { closeCopies: () => this.#closeCopiesInto(vaultId) });
    this.#collections.set(vaultId, collection);
    return async () => {
      const { done } = await collection.next().catch((error) => {
        this.#collections.delete(vaultId);
        throw error;
      });
      if (done) this.#collections.delete(vaultId);
      return !done;
    };
  }

  async #closeCopiesInto(vaultId: string): Promise<void> {
    const { environment, accountId } = this.options;
    const into = await inAccount(environment.db, accountId, (tx) =>
      tx.select({ id: replications.id }).from(replications).where(eq(replications.targetVaultId, vaultId)),
    );
    for (const { id } of into) {
      await this.#replicators.get(id)?.close();
      this.#replicators.delete(id);
    }
    if (this.#archiver?.isWritingTo(vaultId)) await this.#archiver.close();
    if (this.#copier?.isWritingTo(vaultId)) await this.#copier.close();
  }

  async #abandonCopies(): Promise<void> {
    const { environment, accountId } = this.options;
    const copies = await inAccount(environment.db, accountId, async (tx) => [
      ...(await findAbandonedCopies(tx, accountId)),
      ...(await findAbandonedArchivings(tx, accountId)),
      ...(await findAbandonedBackupCopies(tx, accountId)),
    ]);
    for (const { pinNo, vaultId, targetPointId } of copies) {
      const place = await this.#placeOf(vaultId);
      if (targetPointId) await deletePoint(environment.storage.vaultStore(place), targetPointId);
      await inAccount(environment.db, accountId, (tx) => abandonCopy(tx, pinNo));
    }
  }

  async #placeOf(vaultId: string): Promise<VaultPlace> {
    const { environment, accountId } = this.options;
    const [vault] = await inAccount(environment.db, accountId, (tx) =>
      tx
        .select({ region: vaults.region, redundancy: vaults.redundancy })
        .from(vaults)
        .where(eq(vaults.id, vaultId)),
    );
    return { accountId, id: vaultId, ...vault! };
  }
}

function keyOf(step: Step): string {
  return JSON.stringify(step);
}

/** Steps that a tick takes once however often it plans. */
function isOnce(step: Step): boolean {
  return step.kind === 'sample' || step.kind === 'check_vault';
}
