import { and, eq, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { archivings } from '@/db/schema';
import { SideError } from '@/lib/engine/transfer/sides';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { ArchivingLost, type ClaimedArchiving, claimArchiving } from './claim';
import { PointArchiving } from './point-archiving';

/**
 * The archivings of one account in the hands of this engine, one point after the other. Each `step` is bounded and safe to
 * repeat; `close` stops at the end of the last one.
 */
export class Archiver {
  #work: PointArchiving | null = null;

  constructor(
    private readonly environment: VaultEnvironment,
    private readonly accountId: string,
  ) {}

  /** @returns whether there may be more to do now. */
  async step(): Promise<boolean> {
    let claimed: ClaimedArchiving | null = this.#work?.claimed ?? null;
    try {
      if (!this.#work) {
        claimed = await claimArchiving(this.environment.db, this.accountId);
        if (!claimed) return false;
        this.#work = await PointArchiving.begin(this.environment, claimed);
        return true;
      }
      const outcome = await this.#work.step();
      if (outcome !== 'more') this.#work = null;
      return true;
    } catch (error) {
      await this.drop();
      if (error instanceof ArchivingLost) return true;
      if (claimed) await this.#writeDown(claimed, error);
      throw error;
    }
  }

  /** Whether a vault's chunks are being written. */
  isWritingTo(vaultId: string): boolean {
    return this.#work?.claimed.targetVaultId === vaultId;
  }

  /** Makes durable what was sent so far, so that the next engine does not send it again. */
  async close(): Promise<void> {
    const work = this.#work;
    this.#work = null;
    await work?.park();
  }

  /** Drops what is not durable; for work whose lease is gone. */
  async drop(): Promise<void> {
    const work = this.#work;
    this.#work = null;
    await work?.drop();
  }

  async #writeDown({ accountId, point, pinNo }: ClaimedArchiving, error: unknown): Promise<void> {
    await inAccount(this.environment.db, accountId, (tx) =>
      tx
        .update(archivings)
        .set({
          lastError: tellOwner(error),
          failingSince: sql`coalesce(${archivings.failingSince}, now())`,
          lastStepAt: sql`now()`,
          rateBytesPerSecond: 0,
        })
        .where(and(eq(archivings.pointId, point.id), eq(archivings.pinNo, pinNo))),
    ).catch(() => {
      // The database itself is away: the tick's own error says so.
    });
  }
}

/** Both ends are the account's own, so it is told what happened; an unknown error's text stays in the log. */
function tellOwner(error: unknown): string {
  const cause = error instanceof SideError ? error.cause : error;
  if (cause instanceof CrossvaultError) return cause.message;
  return 'A step failed inside Crossvault; the log of the engine holds the cause.';
}
