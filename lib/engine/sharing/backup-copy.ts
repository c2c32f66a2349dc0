import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { nameFromUuid } from '@/lib/engine/core/names';
import { deletePoint, loadPoint, putPoint } from '@/lib/engine/core/point-store';
import { onSide } from '@/lib/engine/transfer/sides';
import { type CopyVaults, TreeCopy } from '@/lib/engine/transfer/tree-copy';
import { adoptLineage, openVault, type VaultEnvironment } from '@/lib/engine/vaults';
import { type ClaimedCopy, type CopiedPointRow, CopyLost, loadOriginal } from './claim';
import { commitCopy } from './commit-copy';
import { KeyNotShared } from './copy-error';
import { measureCopy } from './progress';
import { resealDisks } from './reseal-disks';

/**
 * The copy of one backup, step by step: what the target lacks is opened under the source's key and sealed under the
 * target's. It comes in a lineage of its own, so that nothing of the recipient's is ever looked up in it or the other way
 * round. What became durable stays with the copy's pin: a crash costs the packs that were on their way.
 */
export class BackupCopy {
  private constructor(
    private readonly environment: VaultEnvironment,
    readonly claimed: ClaimedCopy,
    private readonly original: CopiedPointRow,
    private readonly vaults: CopyVaults,
    private readonly spaceNo: number,
    private readonly tree: TreeCopy,
  ) {}

  static async begin(environment: VaultEnvironment, claimed: ClaimedCopy): Promise<BackupCopy> {
    const { row, pinNo, shareId } = claimed;
    const { accountId } = row;
    const original = await requireOriginal(environment, claimed);
    const source = await onSide('source', () =>
      openVault(environment, { accountId, vaultId: row.sourceVaultId, ...(shareId && { shareId }) }),
    );
    const target = await onSide('target', () =>
      openVault(environment, { accountId, vaultId: row.targetVaultId }),
    );
    const from = await onSide('source', async () => source.space(original.spaceNo));
    const to = await onSide('target', () => adoptLineage(environment, target, from));
    const vaults = { source, target };
    const progress = measureCopy(environment.db, claimed);
    const root = nameFromUuid(original.rootPage);
    const work = { environment, accountId, vaults, from, to, pinNo, root, progress };
    const tree = await TreeCopy.begin({ ...work, tellsPlan: true });
    return new BackupCopy(environment, claimed, original, vaults, to.spaceNo, tree);
  }

  /** Asks anew whether it may go on, then takes one bounded piece. */
  async step(): Promise<'more' | 'finished'> {
    await requireOriginal(this.environment, this.claimed);
    if (await this.tree.step()) return 'more';
    await this.#finish();
    return 'finished';
  }

  park(): Promise<void> {
    return this.tree.park();
  }

  drop(): Promise<void> {
    return this.tree.drop();
  }

  /** Chunks durable → manifest durable → one transaction. */
  async #finish(): Promise<void> {
    const { target } = this.vaults;
    const { row } = this.claimed;
    await this.tree.flush();
    const resource = await resealDisks(this.environment, this.claimed, this.original);
    await this.#putManifest();
    try {
      await commitCopy(this.environment.db, this.claimed, { spaceNo: this.spaceNo, resource });
    } catch (error) {
      if (error instanceof CopyLost) await deletePoint(target.store, row.targetPointId);
      throw error;
    }
  }

  async #putManifest(): Promise<void> {
    const { source, target } = this.vaults;
    const { sourcePointId, targetPointId } = this.claimed.row;
    const original = await onSide('source', () => loadPoint(source.store, source.keys, sourcePointId));
    await onSide('target', () =>
      putPoint(target.store, target.keys, {
        ...original,
        pointId: targetPointId,
        vaultId: target.vaultId,
        parentPointId: null,
        origin: { vaultId: source.vaultId, pointId: sourcePointId },
      }),
    );
  }
}

/** @throws `CopyLost` when the backup is gone or no longer shared, `KeyNotShared` while its owner keeps its key back. */
async function requireOriginal(environment: VaultEnvironment, claimed: ClaimedCopy): Promise<CopiedPointRow> {
  const { row, shareId } = claimed;
  return inAccount(
    environment.db,
    row.accountId,
    async (tx) => {
      const original = await loadOriginal(tx, claimed);
      if (!original) throw new CopyLost(row.id);
      if (!shareId) return original;
      const [key] = await tx.execute<{ missing: boolean }>(
        sql`select is_share_key_missing(${shareId}) as missing`,
      );
      if (key?.missing) throw new KeyNotShared();
      return original;
    },
    { shareId },
  );
}
