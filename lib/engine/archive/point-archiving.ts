import { systemClock } from '@/lib/clock';
import { appendFact, loadFacts } from '@/lib/engine/core/facts';
import { nameFromUuid } from '@/lib/engine/core/names';
import { deletePoint, loadPoint, putPoint } from '@/lib/engine/core/point-store';
import { BoundedWriter } from '@/lib/engine/transfer/bounded-writer';
import { copyTree } from '@/lib/engine/transfer/copy-tree';
import type { Measured } from '@/lib/engine/transfer/measured';
import { targetPresence } from '@/lib/engine/transfer/target-presence';
import { VaultFrames } from '@/lib/engine/transfer/vault-frames';
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
  #isWalked = false;

  private constructor(
    private readonly environment: VaultEnvironment,
    readonly claimed: ClaimedArchiving,
    private readonly vaults: { source: OpenVault; target: OpenVault },
    private readonly spaceNo: number,
    private readonly writer: BoundedWriter,
    private readonly progress: Measured,
    private readonly steps: AsyncGenerator<void>,
  ) {}

  static async begin(environment: VaultEnvironment, claimed: ClaimedArchiving): Promise<PointArchiving> {
    const { accountId, point, pinNo, targetVaultId } = claimed;
    const source = await openVault(environment, { accountId, vaultId: point.vaultId });
    const isOwn = targetVaultId === point.vaultId;
    const target = isOwn ? source : await openVault(environment, { accountId, vaultId: targetVaultId });
    const from = source.space(point.spaceNo);
    const to = await adoptLineage(environment, target, from, 'archive');
    const progress = measureArchiving(environment.db, claimed);
    const writer = new BoundedWriter(() =>
      target.writer(to, pinNo, ({ pack }) => progress.stored(pack.sizeBytes)),
    );
    const index = source.index(from);
    const steps = copyTree(nameFromUuid(point.rootPage), {
      presence: targetPresence(environment.db, accountId, to.spaceNo),
      locate: (names) => index.locate(names),
      frames: new VaultFrames(source, from, environment.work),
      sourceStore: source.store,
      writer,
      onProgress: (sent) => progress.sent(sent),
    });
    await progress.write({ force: true });
    const vaults = { source, target };
    return new PointArchiving(environment, claimed, vaults, to.spaceNo, writer, progress, steps);
  }

  async step(): Promise<'more' | ArchivingOutcome> {
    if (this.#isWalked) return this.#finish();
    const { done } = await this.steps.next();
    this.#isWalked = done === true;
    await this.progress.write({ force: this.#isWalked });
    return 'more';
  }

  /** Ends this engine's work for now: what was sent becomes durable, the pin stays. */
  async park(): Promise<void> {
    await this.steps.return(undefined);
    await this.writer.flush();
    await this.progress.write({ force: true });
  }

  /** Ends it at once, dropping what is not durable. Never rejects. */
  async drop(): Promise<void> {
    await this.steps.return(undefined).catch(() => {});
    await this.writer.abort();
  }

  /** Chunks durable → what a bare vault is read by durable → one transaction. */
  async #finish(): Promise<ArchivingOutcome> {
    const { source, target } = this.vaults;
    const { point } = this.claimed;
    await this.writer.flush();
    await this.progress.write({ force: true });
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
