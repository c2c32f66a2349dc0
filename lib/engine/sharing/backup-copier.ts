import { and, eq, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { backupCopies } from '@/db/schema';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { BackupCopy } from './backup-copy';
import { type ClaimedCopy, CopyLost, claimCopy } from './claim';
import { copyFailure, copyWaitingReason } from './copy-error';

/**
 * The copies of backups into vaults of one account, in the hands of this engine, one after the other. Each `step` is
 * bounded and safe to repeat; `close` stops at the end of the last one.
 */
export class BackupCopier {
  #work: BackupCopy | null = null;

  constructor(
    private readonly environment: VaultEnvironment,
    private readonly accountId: string,
  ) {}

  /** @returns whether there may be more to do now. */
  async step(): Promise<boolean> {
    let claimed: ClaimedCopy | null = this.#work?.claimed ?? null;
    try {
      if (!this.#work) {
        claimed = await claimCopy(this.environment.db, this.accountId);
        if (!claimed) return false;
        this.#work = await BackupCopy.begin(this.environment, claimed);
        return true;
      }
      if ((await this.#work.step()) === 'finished') this.#work = null;
      return true;
    } catch (error) {
      await this.drop();
      if (error instanceof CopyLost) return this.#giveUp(claimed);
      if (claimed && (await this.#writeDown(claimed, error))) return true;
      throw error;
    }
  }

  /** Whether a vault's chunks are being written. */
  isWritingTo(vaultId: string): boolean {
    return this.#work?.claimed.row.targetVaultId === vaultId;
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

  /** The share of a copy that is over says so itself; a copy into another region whose original went is written down. */
  async #giveUp(claimed: ClaimedCopy | null): Promise<boolean> {
    if (claimed && !claimed.shareId) {
      const { row, pinNo } = claimed;
      await inAccount(this.environment.db, this.accountId, (tx) =>
        tx.execute(sql`select fail_backup_copy(${row.id}, ${pinNo}, 'backup_gone')`),
      );
    }
    return true;
  }

  /** @returns whether the share is over or the copy waits for something known, so that the engine has no error to report. */
  async #writeDown({ row, pinNo }: ClaimedCopy, error: unknown): Promise<boolean> {
    const failure = copyFailure(error);
    const reason = copyWaitingReason(error);
    try {
      return await inAccount(this.environment.db, this.accountId, async (tx) => {
        if (failure) await tx.execute(sql`select fail_backup_copy(${row.id}, ${pinNo}, ${failure})`);
        else {
          const [still] = await tx
            .update(backupCopies)
            .set({
              waitingReason: reason,
              lastError: reason ?? 'failed',
              failingSince: sql`coalesce(${backupCopies.failingSince}, now())`,
              lastStepAt: sql`now()`,
              rateBytesPerSecond: 0,
            })
            .where(and(eq(backupCopies.id, row.id), eq(backupCopies.pinNo, pinNo)))
            .returning({ id: backupCopies.id });
          // The share ended beside this step: what it could not read any more is no error.
          if (!still) return true;
        }
        return reason === 'key_not_shared' || reason === 'target_vault_full';
      });
    } catch {
      // The database itself is away: the tick's own error says so.
      return false;
    }
  }
}
