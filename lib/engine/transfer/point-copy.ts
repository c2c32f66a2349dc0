import { inAccount } from '@/db/client';
import type { PointManifest } from '@/lib/engine/core';
import { nameFromUuid } from '@/lib/engine/core/names';
import { deletePoint, loadPoint, putPoint } from '@/lib/engine/core/point-store';
import { adoptLineage, type OpenVault, type VaultEnvironment } from '@/lib/engine/vaults';
import { BoundedWriter } from './bounded-writer';
import type { ClaimedReplication } from './claim';
import { commitPoint } from './commit-point';
import { abandonCopy, openCopyPin } from './copy-pins';
import { copyTree } from './copy-tree';
import type { DuePoint } from './next-point';
import { CopyProgress } from './progress';
import { onSide } from './sides';
import { targetPresence } from './target-presence';
import { VaultFrames } from './vault-frames';

interface Vaults {
  source: OpenVault;
  target: OpenVault;
}

/**
 * The copy of one point, step by step. What became durable stays with the copy's pin, which is found again by the point's
 * id: a crash costs the packs that were on their way.
 */
export class PointCopy {
  readonly sourcePointId: string;
  #isWalked = false;

  private constructor(
    private readonly environment: VaultEnvironment,
    private readonly claimed: ClaimedReplication,
    private readonly due: DuePoint,
    private readonly vaults: Vaults,
    private readonly pinNo: number,
    private readonly spaceNo: number,
    private readonly writer: BoundedWriter,
    private readonly progress: CopyProgress,
    private readonly steps: AsyncGenerator<void>,
  ) {
    this.sourcePointId = due.source.id;
  }

  static async begin(
    environment: VaultEnvironment,
    claimed: ClaimedReplication,
    due: DuePoint,
    vaults: Vaults,
  ): Promise<PointCopy> {
    const { row } = claimed;
    const { source, target } = vaults;
    const sourceLineage = source.lineage(due.source.lineageId);
    const targetLineage = await onSide('target', () => adoptLineage(environment, target, sourceLineage));
    const pinNo = await openCopyPin(environment.db, claimed, due.source.id);
    const progress = new CopyProgress(environment.db, claimed, {
      id: due.source.id,
      isHistory: due.isHistory,
      expectedBytes: due.source.addedBytes,
    });
    const writer = new BoundedWriter(() =>
      target.writer(targetLineage, pinNo, ({ pack }) => progress.stored(pack.sizeBytes)),
    );
    const sourceIndex = source.index(sourceLineage);
    const steps = copyTree(nameFromUuid(due.source.rootPage), {
      presence: targetPresence(environment.db, row.accountId, targetLineage.spaceNo),
      locate: (names) => sourceIndex.locate(names),
      frames: new VaultFrames(source, sourceLineage, environment.work),
      sourceStore: source.store,
      writer,
      onProgress: (sent) => progress.sent(sent),
    });
    await progress.write({ force: true });
    return new PointCopy(
      environment,
      claimed,
      due,
      vaults,
      pinNo,
      targetLineage.spaceNo,
      writer,
      progress,
      steps,
    );
  }

  async step(): Promise<'more' | 'finished'> {
    await onSide('source', () => this.vaults.source.requireKey());
    await onSide('target', () => this.vaults.target.requireKey());
    if (!this.#isWalked) {
      const { done } = await this.steps.next();
      this.#isWalked = done === true;
      await this.progress.write({ isWalked: this.#isWalked });
      return 'more';
    }
    await this.#finish();
    return 'finished';
  }

  /** Ends this engine's work for now: what was sent becomes durable, the pin stays. */
  async park(): Promise<void> {
    await this.steps.return(undefined);
    await onSide('target', () => this.writer.flush());
    await this.progress.write({ force: true });
  }

  /** Ends it at once, dropping what is not durable. Never rejects. */
  async drop(): Promise<void> {
    await this.steps.return(undefined).catch(() => {});
    await this.writer.abort();
  }

  /** Chunks durable → manifest durable → one transaction. */
  async #finish(): Promise<void> {
    const { target } = this.vaults;
    await onSide('target', () => this.writer.flush());
    await this.progress.write({ isWalked: true, force: true });
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
