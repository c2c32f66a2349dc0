import { startReplication, stopReplication } from '@/lib/replication';
import type { Replication } from '@/lib/replication/schemas';
import { type CommandKind, commandKind, type Outcome } from './command';
import type { Random } from './random';
import type { ModelVault, State } from './state';

export const replicationCommands: CommandKind[] = [
  commandKind<Replication>({
    weight: 9,
    choose(state, random) {
      const [source, target] = pickPair(state, random);
      if (!source || !target) return null;
      const accountId = random.chance(0.85) ? source.accountId : random.pick(state.accountIds)!;
      return {
        told: `${accountId} replicates the vault ${source.id} into ${target.id}`,
        expected: expectStart(state, accountId, source, target),
        run: (world) =>
          startReplication(world.as(accountId), { sourceVaultId: source.id, targetVaultId: target.id }),
        apply({ id }) {
          state.replications.set(id, {
            id,
            sourceAccountId: accountId,
            sourceVaultId: source.id,
            sourceVaultName: source.name,
            targetAccountId: target.accountId,
            targetVaultId: target.id,
            isActive: true,
            settled: new Set(),
          });
        },
      };
    },
  }),
  commandKind({
    weight: 2,
    choose(state, random) {
      const replication = random.pick([...state.replications.values()]);
      if (!replication) return null;
      const { id, sourceAccountId, targetAccountId, sourceVaultName } = replication;
      const accountId = random.pick(state.accountIds)!;
      const isParty = [sourceAccountId, targetAccountId].includes(accountId);
      return {
        told: `${accountId} stops the replication ${id}`,
        expected: isParty ? (replication.isActive ? 'ok' : 'state_conflict') : 'not_found',
        run: (world) => stopReplication(world.as(accountId), { id, confirm: sourceVaultName }),
        apply() {
          replication.isActive = false;
        },
      };
    },
  }),
];

function pickPair(state: State, random: Random): [ModelVault?, ModelVault?] {
  const all = [...state.vaults.values()];
  if (random.chance(0.2)) return [random.pick(all), random.pick(all)];
  const pairs = all.flatMap((source) =>
    all
      .filter((target) => expectStart(state, source.accountId, source, target) === 'ok')
      .map((target): [ModelVault, ModelVault] => [source, target]),
  );
  const source = random.pick(all.filter(({ kind }) => kind === 'standard'));
  const unused = all.filter(({ id, kind }) => kind === 'replication_target' && !state.hasServed(id));
  return random.pick(pairs) ?? [source, random.pick(unused)];
}

/** The rules of the product once more, in the order in which it gives its answers. */
function expectStart(state: State, accountId: string, source: ModelVault, target: ModelVault): Outcome {
  if (state.standing.get(accountId) !== 'active') return 'not_eligible';
  if (source.accountId !== accountId) return 'not_found';
  const isOwn = target.accountId === accountId;
  if (!isOwn && !state.hasGrant(target.id, accountId)) return 'not_found';
  const isFit =
    source.kind === 'standard' &&
    source.status === 'created' &&
    state.replicationsOf(source.id).length === 0 &&
    target.kind === 'replication_target' &&
    target.status === 'created' &&
    !state.hasServed(target.id) &&
    state.standing.get(target.accountId) === 'active' &&
    source.encryption === target.encryption &&
    !(isOwn && source.region === target.region);
  return isFit ? 'ok' : 'not_eligible';
}
