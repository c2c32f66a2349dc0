import type { ChunkName } from '@/lib/engine/core/chunk';
import type { OpenVault, VaultEnvironment, VaultLineage } from '@/lib/engine/vaults';
import { BoundedWriter } from './bounded-writer';
import { copyTree } from './copy-tree';
import type { Measured } from './measured';
import { onSide } from './sides';
import { targetPresence } from './target-presence';
import { VaultFrames } from './vault-frames';

export interface CopyVaults {
  source: OpenVault;
  target: OpenVault;
}

interface TreeCopyInput {
  environment: VaultEnvironment;
  accountId: string;
  vaults: CopyVaults;
  /** The lineage that is read, and the one that is written to. */
  from: VaultLineage;
  to: VaultLineage;
  pinNo: number;
  root: ChunkName;
  progress: Measured;
  /** Whether it is written down at once that everything is planned. What copies many small points spares the statement. */
  tellsPlan: boolean;
}

/** What a target lacks of one tree, in bounded pieces; what became durable belongs to the pin. */
export class TreeCopy {
  #isWalked = false;

  private constructor(
    private readonly vaults: CopyVaults,
    private readonly progress: Measured,
    private readonly writer: BoundedWriter,
    private readonly pieces: AsyncGenerator<void>,
    private readonly tellsPlan: boolean,
  ) {}

  static async begin(input: TreeCopyInput): Promise<TreeCopy> {
    const { environment, accountId, vaults, from, to, pinNo, root, progress } = input;
    const { source, target } = vaults;
    const writer = new BoundedWriter(() =>
      target.writer(to, pinNo, { onStored: ({ pack }) => progress.stored(pack.sizeBytes) }),
    );
    const index = source.index(from);
    const pieces = copyTree(root, {
      presence: targetPresence(environment.db, accountId, to.spaceNo),
      locate: (names) => index.locate(names),
      frames: new VaultFrames(source, from, environment.work),
      sourceStore: source.store,
      writer,
      onProgress: (sent) => progress.sent(sent),
    });
    await progress.write({ force: true });
    return new TreeCopy(vaults, progress, writer, pieces, input.tellsPlan);
  }

  /** Takes one piece, while both keys can be used. @returns false when there is none left to take. */
  async step(): Promise<boolean> {
    await onSide('source', () => this.vaults.source.requireKey());
    await onSide('target', () => this.vaults.target.requireKey());
    if (this.#isWalked) return false;
    const { done } = await this.pieces.next();
    this.#isWalked = done === true;
    const force = this.#isWalked && this.tellsPlan;
    await this.progress.write({ isWalked: this.#isWalked, force });
    return true;
  }

  /** Everything that was taken is durable when it resolves. */
  async flush(): Promise<void> {
    await onSide('target', () => this.writer.flush());
    await this.progress.write({ isWalked: this.#isWalked, force: true });
  }

  /** Ends this engine's work for now: what was sent becomes durable, the pin stays. */
  async park(): Promise<void> {
    await this.pieces.return(undefined);
    await this.flush();
  }

  /** Ends it at once, dropping what is not durable. Never rejects. */
  async drop(): Promise<void> {
    await this.pieces.return(undefined).catch(() => {});
    await this.writer.abort();
  }
}
