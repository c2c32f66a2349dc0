import { AccessRevoked, AccountInactive } from '@/lib/engine/transfer/tell-error';
import { readPoint, tick } from '@/lib/engine/transfer/test-world';
import type { World } from './accounts';
import type { Random } from './random';
import type { ModelReplication, State } from './state';

/** More ticks than any state here needs; reaching it means that a ticker spins. */
const mostTicks = 40;

/** Ticks all accounts until none has anything to do now. */
export async function tickUntilQuiet({ environment }: World, state: State): Promise<void> {
  for (let round = 0; round < mostTicks; round++) {
    let isQuiet = true;
    for (const accountId of state.accountIds) {
      const { errors, steps } = await tick({ environment }, accountId);
      const fault = errors.find((error) => !isLossOfAccess(error));
      if (fault) throw new Error('a tick failed', { cause: fault });
      if (steps.some((step) => step !== 'sample')) isQuiet = false;
    }
    if (isQuiet) return;
  }
  throw new Error(`the ticker is not quiet after ${mostTicks} ticks`);
}

/** How a replication says that it waits from now on. */
const isLossOfAccess = (error: unknown) => error instanceof AccessRevoked || error instanceof AccountInactive;

/** What the engine owes when it is quiet. */
export function settle(state: State, replicas: Map<string, string>): void {
  for (const vault of state.vaults.values()) {
    if (vault.status === 'initializing') vault.status = 'created';
    if (vault.status === 'deleting') removeVault(state, vault.id);
  }
  for (const replication of state.replications.values()) {
    if (replication.isActive && state.mayCopy(replication)) settleReplication(state, replication, replicas);
  }
  for (const { id, originId } of state.points.values()) {
    if (state.backups.get(originId)!.isExpired) state.points.delete(id);
  }
}

function removeVault(state: State, id: string): void {
  state.vaults.delete(id);
  for (const point of state.pointsOf(id)) state.points.delete(point.id);
  for (const share of state.shares.values()) share.vaultIds.delete(id);
  for (const { id: replicationId, targetVaultId } of state.replications.values()) {
    if (targetVaultId === id) state.replications.delete(replicationId);
  }
}

function settleReplication(
  state: State,
  { sourceVaultId, targetVaultId, settled }: ModelReplication,
  replicas: Map<string, string>,
): void {
  for (const { originId } of state.pointsOf(sourceVaultId)) {
    if (settled.has(originId)) continue;
    settled.add(originId);
    if (state.backups.get(originId)!.isExpired) continue;
    const id = replicas.get(`${targetVaultId}/${originId}`);
    if (!id) throw new Error(`no replica of ${originId} in ${targetVaultId}`);
    state.points.set(id, { id, vaultId: targetVaultId, originId });
  }
}

/** Reads points back from storage alone, each under the key of the vault it is in. */
export async function restoreSome(world: World, state: State, random: Random, count: number): Promise<void> {
  for (let left = count; left > 0; left--) {
    const point = random.pick([...state.points.values()]);
    if (!point) return;
    const { accountId } = state.vaults.get(point.vaultId)!;
    const found = await readPoint(world, { accountId, vaultId: point.vaultId }, point.id);
    const { hashes } = state.backups.get(point.originId)!;
    if (JSON.stringify(sorted(found)) !== JSON.stringify(sorted(hashes))) {
      throw new Error(`the point ${point.id} does not restore to what was backed up`);
    }
  }
}

const sorted = (hashes: Record<string, string>) => Object.entries(hashes).sort();
