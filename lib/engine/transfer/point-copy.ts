import { inAccount } from '@/db/client';
import type { PointManifest } from '@/lib/engine/core';
import { nameFromUuid } from '@/lib/engine/core/names';
import { deletePoint, loadPoint, putPoint } from '@/lib/engine/core/point-store';
import { adoptLineage, type VaultEnvironment } from '@/lib/engine/vaults';
import type { ClaimedReplication } from './claim';
import { commitPoint } from './commit-point';
import { abandonCopy, openCopyPin } from './copy-pins';
import type { DuePoint } from './next-point';
import { measurePoint } from './progress';
import { onSide } from './sides';
import { type CopyVaults, TreeCopy } from './tree-copy';

/**
 * The copy of one point, step by step. What became durable stays with the copy's pin, which is found again by the point's
 * id: a crash costs the packs that were on their way.
 */
export class PointCopy {
  readonly sourcePointId: string;

  private constructor(
    private readonly environment: VaultEnvironment,
    private readonly claimed: ClaimedReplication,
    private readonly due: DuePoint,
    private readonly vaults: CopyVaults,
    private readonly pinNo: number,
    private readonly spaceNo: number,
    private readonly tree: TreeCopy,
  ) {
    this.sourcePointId = due.source.id;
  }

  static async begin(
    environment: VaultEnvironment,
    claimed: ClaimedReplication,
    due: DuePoint,
    vaults: CopyVaults,
  ): Promise<PointCopy> {
    const { source, target } = vaults;
    const from = source.lineage(due.source.lineageId);
    const to = await onSide('target', () => adoptLineage(environment, target, from));
    const pinNo = await openCopyPin(environment.db, claimed, due.source.id);
    const progress = measurePoint(environment.db, claimed, {
      id: due.source.id,
      isHistory: due.isHistory,
      expectedBytes: due.source.addedBytes,
    });
    const { accountId } = claimed.row;
    const root = nameFromUuid(due.source.rootPage);
    const work = { environment, accountId, vaults, from, to, pinNo, root, progress };
    const tree = await TreeCopy.begin({ ...work, tellsPlan: false });
    return new PointCopy(environment, claimed, due, vaults, pinNo, to.spaceNo, tree);
  }

  async step(): Promise<'more' | 'finished'> {
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
    await this.tree.flush();
    const manifest = await this.#manifest();
    await onSide('target', () => putPoint(target.store, target.keys, manifest));
    const { due, pinNo, spaceNo } = this;
    const outcome = await commitPoint(this.environment.db, this.claimed, { ...due, pinNo, spaceNo });
    if (outcome === 'copied') return;
    await onSide('target', () => deletePoint(target.store, due.targetPointId));
    await inAccount(this.environment.db, this.claimed.row.accountId, (tx) => abandonCopy(tx, pinNo));
  }

  async #manifest(): Promise<PointManifest> {
    const { source, target } = this.vaults;
    const original = await onSide('source', () => loadPoint(source.store, source.keys, this.due.source.id));
    return {
      ...original,
      pointId: this.due.targetPointId,
      vaultId: target.vaultId,
      origin: { vaultId: source.vaultId, pointId: this.due.source.id },
    };
  }
}
