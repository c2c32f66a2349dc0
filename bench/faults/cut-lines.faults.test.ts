import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { snapshot } from '@/client/testing/snapshot';
import { TestHost } from '@/client/testing/test-host';
import { backupPoints } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { Campaign } from './campaign';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());

/** A host whose line to the gateway is cut after some of the bytes of each piece of work. */
class CutHost {
  readonly #source: string;
  #points = 0;

  private constructor(
    private readonly host: TestHost,
    private readonly campaign: Campaign,
  ) {
    this.#source = host.at('source');
  }

  static async create(campaign: Campaign): Promise<CutHost> {
    const host = new CutHost(await TestHost.enrolled(database, engine, fingerprint), campaign);
    await mkdir(host.#source);
    return host;
  }

  /** Changes files, backs up and restores, with the line cut in both. @returns what is wrong. */
  async once(number: number): Promise<string[]> {
    const { random, tally } = this.campaign;
    for (let i = 0; i < 8; i++) {
      const name = join(this.#source, `f${random.int(30)}`);
      await writeFile(name, noise(1000 + random.int(120_000), random.int(100_000)));
    }
    const before = await snapshot(this.#source);
    const backup = this.host.start(await this.host.offerBackup([this.#source]));
    await this.#cutDuring(backup.ended, 300_000);
    const end = await backup.ended;
    if (end.outcome !== 'complete') return [`lost: backup ${number} ended as ${end.outcome}: ${end.error}`];
    this.#points++;
    tally.acknowledged = this.#points;
    const points = await database.owner
      .select()
      .from(backupPoints)
      .where(eq(backupPoints.vaultId, this.host.vaultId));
    if (points.length !== this.#points)
      return [`lost: ${points.length} points after ${this.#points} backups`];
    const targetPath = this.host.newFolder('restored');
    const pointId = String(end.result!.summary.pointId);
    const restore = this.host.start(await this.host.offerRestore(pointId, { targetPath }));
    await this.#cutDuring(restore.ended, 400_000);
    const restored = await restore.ended;
    if (restored.outcome !== 'complete') return [`lost: restore ${number} ended as ${restored.outcome}`];
    const after = await snapshot(join(targetPath, this.#source));
    await rm(targetPath, { recursive: true });
    return isDeepStrictEqual(before, after) ? [] : [`corrupt: ${pointId} came back as something else`];
  }

  async #cutDuring(ended: Promise<unknown>, maxBytes: number): Promise<void> {
    const { random, tally } = this.campaign;
    const { proxy } = this.host;
    const bytes = random.int(maxBytes);
    const isDue = random.next() < 0.5 ? proxy.afterBytes(bytes) : proxy.afterReceived(bytes);
    const first = await Promise.race([isDue.then(() => 'cut'), ended.then(() => 'ended')]);
    if (first === 'ended') return;
    proxy.cut();
    tally.faults++;
  }
}

describe('a line that is cut', () => {
  const campaign = new Campaign('cut lines', 0.02);

  it('makes every backup once, and every restore whole', { timeout: 3_600_000 }, async () => {
    const findings: string[] = [];
    const host = await CutHost.create(campaign);
    for (let number = 0; !campaign.isOver && findings.length === 0; number++) {
      const startedAt = performance.now();
      findings.push(...(await host.once(number)));
      campaign.recoveredIn(performance.now() - startedAt);
    }
    campaign.found(findings);
    expect(findings).toEqual([]);
  });
});
