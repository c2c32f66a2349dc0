import { eq } from 'drizzle-orm';
import { vaults } from '@/db/schema';
import { loadServiceKey } from '@/lib/engine/core/service-key';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { rebuildVaultIndex } from '@/lib/engine/rebuild/rebuild-index';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { openRegions } from '@/lib/engine/zones/open-region-storage';
import { readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { loadRegions } from '@/lib/regions';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

/** `npm run rebuild-index -- <vault id>`: for the day the database lost rows that the vault's storage still tells. */
export async function run(args: string[]): Promise<void> {
  const [vaultId] = args;
  if (!vaultId || args.length > 1) throw new Problem('Use: npm run rebuild-index -- <vault id>');
  const env = readEnv();
  const owner = await connectAsOwner(env, 'crossvault-rebuild-index');
  try {
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
    if (!vault)
      throw new Problem(`The database has no vault ${vaultId}. Its bytes can be had with crossvault rescue.`);
    const { allowsPrivateEndpoints } = env;
    const { storage } = await openRegions(owner, loadRegions(env), {
      allowsPrivateEndpoints,
      environment: process.env,
      onRequest: () => {},
    });
    const serviceKey = await loadServiceKey(env.serviceKeyFile);
    const environment = { db: owner, storage, serviceKey, work: inlinePool } as VaultEnvironment;
    const { accountId } = vault;
    const report = await rebuildVaultIndex(environment, { accountId, vaultId }, (what) => console.log(what));
    console.log(
      `${vault.name}: ${report.packs} packs, ${report.chunks} chunks and ${report.points} points added.`,
    );
    for (const { objectName, why } of report.unreadable) console.error(`Not readable: ${objectName}: ${why}`);
    if (report.unreadable.length > 0) process.exitCode = 10;
  } catch (error) {
    throw error instanceof CrossvaultError ? new Problem(error.message) : error;
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}
