import { and, eq, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { replications } from '@/db/schema';
import { openVault, type VaultEnvironment } from '@/lib/engine/vaults';
import { absorbEvents } from './absorb-events';
import {
  type ClaimedReplication,
  claimReplication,
  inReplication,
  ReplicationStopped,
  Superseded,
} from './claim';
import { requireActiveTarget, requireGrant } from './commit-point';
import { nextPoint } from './next-point';
import { PointCopy } from './point-copy';
import { onSide } from './sides';
import { reasonOf, tellBothSides } from './tell-error';

export type StepOutcome = 'more' | 'idle' | 'ended';

/**
 * One replication in the hands of this engine. Each `step` is bounded, safe to repeat and leaves nothing half visible;
 * `close` stops at the end of the last step.
 */
export class Replicator {
  #claimed: ClaimedReplication | null = null;
  #copy: PointCopy | null = null;

  constructor(
    private readonly environment: VaultEnvironment,
    private readonly accountId: string,
    readonly replicationId: string,
  ) {}

  /**
   * Looks again whether the replication may go on and what comes first: events, new points, then history. Called
   * between steps now and then, so that a withdrawn grant, a disabled key or a new point takes effect within seconds.
   */
  async review(): Promise<StepOutcome> {
    return this.#guarded(async () => {
      const { db } = this.environment;
      this.#claimed ??= await claimReplication(db, this.accountId, this.replicationId);
      if (!this.#claimed) return 'ended';
      const claimed = this.#claimed;
      await this.#requireAccess(claimed);
      const { row } = claimed;
      const source = await onSide('source', () =>
        openVault(this.environment, {
          accountId: row.accountId,
          vaultId: row.sourceVaultId,
          replicationId: row.id,
        }),
      );
      const target = await onSide('target', () =>
        openVault(this.environment, { accountId: row.accountId, vaultId: row.targetVaultId }),
      );
      // All events first: history is complete only when every point of it is known.
      if (!(await absorbEvents(db, claimed)).isCaughtUp) return 'more';
      const due = await nextPoint(db, claimed);
      if (this.#copy && this.#copy.sourcePointId !== due?.source.id) {
        await this.#copy.park();
        this.#copy = null;
      }
      if (!due) {
        await this.#markIdle(claimed);
        return 'idle';
      }
      this.#copy ??= await PointCopy.begin(this.environment, claimed, due, { source, target });
      return 'more';
    });
  }

  /** One bounded piece of the copy that the last review chose. */
  async step(): Promise<StepOutcome> {
    const copy = this.#copy;
    if (!copy) return this.review();
    return this.#guarded(async () => {
      if ((await copy.step()) === 'finished') this.#copy = null;
      return 'more';
    });
  }

  get isCopying(): boolean {
    return this.#copy !== null;
  }

  /** Makes durable what was sent so far, so that the next engine does not send it again. */
  async close(): Promise<void> {
    const copy = this.#copy;
    this.#copy = null;
    await copy?.park();
  }

  /** Drops what is not durable; for work whose lease is gone. */
  async drop(): Promise<void> {
    const copy = this.#copy;
    this.#copy = null;
    await copy?.drop();
  }

  async #requireAccess(claimed: ClaimedReplication): Promise<void> {
    await inReplication(this.environment.db, claimed, async (tx) => {
      await requireGrant(tx, claimed.row);
      await requireActiveTarget(tx, claimed.row);
    });
  }

  async #guarded(work: () => Promise<StepOutcome>): Promise<StepOutcome> {
    try {
      return await work();
    } catch (error) {
      const copy = this.#copy;
      this.#copy = null;
      await copy?.drop();
      if (error instanceof Superseded || error instanceof ReplicationStopped) return 'ended';
      await this.#writeDown(error);
      throw error;
    }
  }

  async #writeDown(error: unknown): Promise<void> {
    const reason = reasonOf(error);
    await inAccount(this.environment.db, this.accountId, (tx) =>
      tx
        .update(replications)
        .set({
          waitingReason: reason,
          waitingSince: reason
            ? sql`case when ${replications.waitingReason} is not distinct from ${reason}
                then coalesce(${replications.waitingSince}, now()) else now() end`
            : null,
          lastError: tellBothSides(error),
          lastStepAt: sql`now()`,
          currentPointId: null,
          currentBytesDone: 0,
          currentBytesTotal: 0,
          rateBytesPerSecond: 0,
        })
        .where(
          and(
            eq(replications.id, this.replicationId),
            eq(replications.state, 'active'),
            // What fails because another engine took over says nothing of how that one gets on.
            this.#claimed ? eq(replications.fence, this.#claimed.fence) : undefined,
          ),
        ),
    ).catch(() => {
      // The database itself is away: the tick's own error says so.
    });
  }

  async #markIdle({ row, fence }: ClaimedReplication): Promise<void> {
    await inAccount(this.environment.db, this.accountId, (tx) =>
      tx
        .update(replications)
        .set({
          waitingReason: null,
          waitingSince: null,
          lastError: null,
          lastStepAt: sql`now()`,
          currentPointId: null,
          currentBytesDone: 0,
          currentBytesTotal: 0,
          rateBytesPerSecond: 0,
        })
        .where(
          and(eq(replications.id, row.id), eq(replications.fence, fence), eq(replications.state, 'active')),
        ),
    );
  }
}
