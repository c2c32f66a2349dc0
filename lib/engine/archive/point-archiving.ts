import { systemClock } from '@/lib/clock';
import { appendFact, loadFacts } from '@/lib/engine/core/facts';
import { nameFromUuid } from '@/lib/engine/core/names';
import { deletePoint, loadPoint, putPoint } from '@/lib/engine/core/point-store';
import { type CopyVaults, TreeCopy } from '@/lib/engine/transfer/tree-copy';
import { adoptLineage, type OpenVault, openVault, type VaultEnvironment } from '@/lib/engine/vaults';
import type { ClaimedArchiving } from './claim';
import { type ArchivingOutcome, commitArchiving } from './commit-archiving';
import { measureArchiving } from './progress';
import { targetPointId } from './target-point-id';

/**
 * The move of one point, step by step, by the copier that replications use: what the archive's own index lacks is opened,
 * filtered and sealed anew. What became durable stays with the pin: a crash costs the packs that were on their way.
 */
export class PointArchiving {
  private constructor(
    private readonly environment: VaultEnvironment,
    readonly claimed: ClaimedArchiving,
    private readonly vaults: CopyVaults,
    private readonly spaceNo: number,
    private readonly tree: TreeCopy,
  ) {}

  static async begin(environment: VaultEnvironment, claimed: ClaimedArchiving): Promise<PointArchiving> {
    const { accountId, point, pinNo, targetVaultId } = claimed;
    const source = await openVault(environment, { accountId, vaultId: point.vaultId });
    const isOwn = targetVaultId === point.vaultId;
    const target = isOwn ? source : await openVault(environment, { accountId, vaultId: targetVaultId });
    const from = source.space(point.spaceNo);
    const to = await adoptLineage(environment, target, from, 'archive');
    const progress = measureArchiving(environment.db, claimed);
    const vaults = { source, target };
    const root = nameFromUuid(point.rootPage);
    const work = { environment, accountId, vaults, from, to, pinNo, root, progress };
    const tree = await TreeCopy.begin({ ...work, tellsPlan: true });
    return new PointArchiving(environment, claimed, vaults, to.spaceNo, tree);
  }

  async step(): Promise<'more' | ArchivingOutcome> {
    return (await this.tree.step()) ? 'more' : this.#finish();
  }

  park(): Promise<void> {
    return this.tree.park();
  }

  drop(): Promise<void> {
    return this.tree.drop();
  }

  /** Chunks durable → what a bare vault is read by durable → one transaction. */
  async #finish(): Promise<ArchivingOutcome> {
    const { source, target } = this.vaults;
    const { point } = this.claimed;
    await this.tree.flush();
    if (source === target) await recordArchived(source, point.id);
    else await this.#putManifest();
    const outcome = await commitArchiving(this.environment.db, this.claimed, this.spaceNo);
    if (outcome === 'over' && source !== target) {
      await deletePoint(target.store, targetPointId(point.id, target.vaultId));
    }
    return outcome;
  }

  async #putManifest(): Promise<void> {
    const { source, target } = this.vaults;
    const pointId = this.claimed.point.id;
    const original = await loadPoint(source.store, source.keys, pointId);
    await putPoint(target.store, target.keys, {
      ...original,
      pointId: targetPointId(pointId, target.vaultId),
      vaultId: target.vaultId,
      origin: { vaultId: source.vaultId, pointId },
    });
  }
}

/** Said once: an index that is rebuilt from storage finds the point's chunks in the archive. */
async function recordArchived({ store, keys }: OpenVault, pointId: string): Promise<void> {
  const facts = await loadFacts(store, keys, pointId);
  if (facts.some(({ kind }) => kind === 'archived')) return;
  await appendFact(store, keys, pointId, facts.length + 1, { kind: 'archived', at: systemClock.now() });
}
