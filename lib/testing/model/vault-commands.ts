import { createVault, deleteVault, lockVault } from '@/lib/vaults';
import type { Vault } from '@/lib/vaults/schemas';
import { setStanding } from './accounts';
import { type CommandKind, commandKind, type Outcome } from './command';
import type { ModelVault, State } from './state';

const regions = ['cn-hangzhou', 'eu-central-1'];
const targetsPerRegion = 5;

export const vaultCommands: CommandKind[] = [
  commandKind<Vault>({
    weight: 10,
    choose(state, random) {
      const accountId = random.pick(state.accountIds)!;
      const kind = random.pick([
        'standard',
        'standard',
        'replication_target',
        'replication_target',
        'archive',
      ] as const)!;
      const region = random.pick(regions)!;
      const encryption = random.pick(['service', 'service', 'kms'] as const)!;
      const name = `vault-${random.below(1_000_000)}`;
      const made = { accountId, kind, region, encryption, name } as const;
      return {
        told: `${accountId} creates the ${encryption} ${kind} vault ${name} in ${region}`,
        expected: expectCreation(state, made),
        run: (world) => {
          const { groupId, keyId } = world.members.get(accountId)!;
          const kmsKey = encryption === 'kms' ? keyId : null;
          const input = { kind, name, region, description: '', resourceGroupId: groupId, encryption, kmsKey };
          return createVault(world.as(accountId), input);
        },
        apply({ id }) {
          state.vaults.set(id, { ...made, id, status: 'initializing', isLocked: false });
        },
      };
    },
  }),
  commandKind({
    weight: 4,
    choose(state, random) {
      const vault = random.pick([...state.vaults.values()]);
      if (!vault) return null;
      const accountId = random.chance(0.7) ? vault.accountId : random.pick(state.accountIds)!;
      return {
        told: `${accountId} deletes the vault ${vault.id}`,
        expected: accountId === vault.accountId ? expectDeletion(state, vault) : 'not_found',
        run: (world) => deleteVault(world.as(accountId), { id: vault.id, confirm: vault.name }),
        apply() {
          vault.status = 'deleting';
        },
      };
    },
  }),
  commandKind({
    weight: 1,
    choose(state, random) {
      const vault = random.pick([...state.vaults.values()]);
      if (!vault) return null;
      const accountId = random.chance(0.7) ? vault.accountId : random.pick(state.accountIds)!;
      return {
        told: `${accountId} locks the vault ${vault.id}`,
        expected: accountId === vault.accountId ? expectLock(state, vault) : 'not_found',
        run: (world) => lockVault(world.as(accountId), { id: vault.id, confirm: vault.name }),
        apply() {
          vault.isLocked = true;
        },
      };
    },
  }),
  commandKind({
    weight: 2,
    choose(state, random) {
      const accountId = random.pick(state.accountIds)!;
      const standing =
        state.standing.get(accountId) === 'active' && random.chance(0.3) ? 'overdue' : 'active';
      return {
        told: `${accountId} becomes ${standing}`,
        expected: 'ok',
        run: (world) => setStanding(world, accountId, standing),
        apply() {
          state.standing.set(accountId, standing);
        },
      };
    },
  }),
];

function expectCreation(state: State, made: Pick<ModelVault, 'accountId' | 'kind' | 'region'>): Outcome {
  if (state.standing.get(made.accountId) !== 'active') return 'not_eligible';
  const targets = [...state.vaults.values()].filter(
    ({ accountId, kind, region }) =>
      kind === 'replication_target' && accountId === made.accountId && region === made.region,
  );
  return made.kind === 'replication_target' && targets.length >= targetsPerRegion ? 'quota_exceeded' : 'ok';
}

function expectDeletion(state: State, vault: ModelVault): Outcome {
  if (vault.status !== 'created' || state.replicationsOf(vault.id).length > 0) return 'state_conflict';
  return vault.isLocked && state.unexpiredOf(vault.id).length > 0 ? 'locked' : 'ok';
}

function expectLock(state: State, vault: ModelVault): Outcome {
  if (vault.isLocked || vault.status !== 'created') return 'state_conflict';
  const isTarget = vault.kind === 'replication_target';
  return isTarget && state.replicationsOf(vault.id).length > 0 ? 'state_conflict' : 'ok';
}
