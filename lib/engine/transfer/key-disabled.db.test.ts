import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { makeShare } from '@/db/factories';
import { kmsKeys } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { noise } from '@/lib/engine/core/test-bytes';
import { createKeyMaterial } from '@/lib/engine/vaults';
import { makeAccount, makeKey, makeVault } from '@/lib/engine/vaults/test-environment';
import { Replicator } from './replicator';
import {
  backUp,
  makeWorld,
  replicationOf,
  retryNow,
  startReplication,
  tick,
  visibleCopies,
} from './test-world';

const database = await testDatabase();
const { owner } = database;

it.each(['source', 'target'] as const)(
  'a copy that runs stops at its next step once the key of the %s is disabled, and goes on by itself',
  async (side) => {
    const world = await makeWorld(database, { isStarted: false });
    const keys: Record<string, string> = {};
    for (const end of ['source', 'target'] as const) {
      const account = await makeAccount(owner);
      const keyId = await makeKey(owner, account.accountId);
      await createKeyMaterial(world.environment, { accountId: account.accountId, keyId });
      keys[end] = keyId;
      const kind = end === 'source' ? 'standard' : 'replication_target';
      const id = `${end === 'source' ? 'v' : 'r'}-${keyId.slice(-20)}`;
      const init = { id, kind, encryption: 'kms', kmsKeyId: keyId } as const;
      world[end] = {
        accountId: account.accountId,
        vaultId: await makeVault(world.environment, owner, account, init),
      };
    }
    const recipientAccountId = world.source.accountId;
    await makeShare(owner, { ...world.target, recipientAccountId, status: 'accepted' });
    world.replicationId = await startReplication(world);
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`file-${index}`, noise(400_000, index)]),
    );
    await backUp(world, world.source, files);

    const replicator = new Replicator(world.environment, world.target.accountId, world.replicationId);
    await replicator.review();
    await replicator.step();
    expect(replicator.isCopying).toBe(true);
    await owner.update(kmsKeys).set({ state: 'disabled' }).where(eq(kmsKeys.id, keys[side]!));
    await expect(replicator.step()).rejects.toThrow();
    expect((await replicationOf(world)).waitingReason).toBe(`${side}_key_unavailable`);
    expect(await visibleCopies(world)).toHaveLength(0);

    await owner.update(kmsKeys).set({ state: 'enabled' }).where(eq(kmsKeys.id, keys[side]!));
    await retryNow(world);
    await tick(world, world.target.accountId);
    expect(await visibleCopies(world)).toHaveLength(1);
    expect((await replicationOf(world)).waitingReason).toBeNull();
  },
);
