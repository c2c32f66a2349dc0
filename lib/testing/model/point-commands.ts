import { sql } from 'drizzle-orm';
import { deleteBackupPoint, listBackupPoints } from '@/lib/backup-points';
import { backUp, type Files, hashesOf } from '@/lib/engine/transfer/test-world';
import type { World } from './accounts';
import { type CommandKind, commandKind, type Outcome } from './command';
import type { Random } from './random';
import type { ModelPoint, State } from './state';

export const pointCommands: CommandKind[] = [
  commandKind<string>({
    weight: 18,
    choose(state, random) {
      const vault = random.pick(
        [...state.vaults.values()].filter(
          ({ kind, status, accountId }) =>
            kind === 'standard' && status === 'created' && state.standing.get(accountId) === 'active',
        ),
      );
      if (!vault) return null;
      const files = makeFiles(random);
      return {
        told: `${vault.accountId} backs ${Object.keys(files).length} files up into ${vault.id}`,
        expected: 'ok',
        run: ({ environment }) =>
          backUp({ environment }, { accountId: vault.accountId, vaultId: vault.id }, files),
        apply(id) {
          state.points.set(id, { id, vaultId: vault.id, originId: id });
          state.backups.set(id, { vaultId: vault.id, hashes: hashesOf(files), isExpired: false });
        },
      };
    },
  }),
  commandKind({
    weight: 6,
    choose(state, random) {
      const point = random.pick([...state.points.values()]);
      if (!point) return null;
      const owner = state.vaults.get(point.vaultId)!.accountId;
      const accountId = random.chance(0.75) ? owner : random.pick(state.accountIds)!;
      return {
        told: `${accountId} deletes the point ${point.id}`,
        expected: accountId === owner ? expectDeletion(state, point) : 'not_found',
        run: (world) => deleteBackupPoint(world.as(accountId), { id: point.id, confirm: point.id }),
        apply() {
          state.points.delete(point.id);
        },
      };
    },
  }),
  commandKind({
    weight: 4,
    choose(state, random) {
      const [originId, backup] = random.pick([...state.backups].filter(([, one]) => !one.isExpired)) ?? [];
      if (!originId || !backup) return null;
      return {
        told: `the retention of ${originId} passes`,
        expected: 'ok',
        run: (world) => passRetention(world, originId),
        apply() {
          backup.isExpired = true;
        },
      };
    },
  }),
  commandKind<number>({
    weight: 5,
    choose(state, random) {
      const vault = random.pick([...state.vaults.values()]);
      if (!vault) return null;
      const accountId = random.pick(state.accountIds)!;
      const isOwn = accountId === vault.accountId;
      const seen = isOwn ? state.unexpiredOf(vault.id).length : 0;
      return {
        told: `${accountId} lists the points of ${vault.id}`,
        expected: 'ok',
        async run(world) {
          const { items } = await listBackupPoints(world.as(accountId), { vaultId: vault.id });
          const unexpired = items.filter(({ expiresAt }) => new Date(expiresAt) > new Date()).length;
          if (unexpired !== seen) throw new Error(`saw ${unexpired} points, expected ${seen}`);
          return unexpired;
        },
        apply() {},
      };
    },
  }),
];

/** Few chunks out of a small stock, so that points share, and a few that are large enough for several. */
function makeFiles(random: Random): Files {
  const files: Files = {};
  for (let count = 1 + random.below(3); count > 0; count--) {
    const stock = new Uint8Array(1000 + random.below(4) * 90_000).fill(random.below(5));
    files[`folder-${random.below(3)}/file-${random.below(4)}`] = random.chance(0.5)
      ? stock
      : random.bytes(3000);
  }
  return files;
}

function expectDeletion(state: State, point: ModelPoint): Outcome {
  const vault = state.vaults.get(point.vaultId)!;
  if (vault.isLocked && !state.backups.get(point.originId)!.isExpired) return 'locked';
  const isReplica = vault.kind === 'replication_target';
  return isReplica && state.replicationsOf(vault.id).length > 0 ? 'state_conflict' : 'ok';
}

/** Moves the date of a backup and of its replicas, past the guard that keeps a locked point's date. */
async function passRetention({ database }: World, originId: string): Promise<void> {
  await database.owner.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(
      sql`update backup_points set expires_at = now() - interval '1 second' where origin_point_id = ${originId}`,
    );
  });
}
