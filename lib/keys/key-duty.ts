import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { kmsKeys, vaults } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { engineContext } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { daysLeftInWords } from '@/lib/notifications/schemas';
import { writeAudit } from '@/lib/verb';
import { getKeyDetail, type KeyRow } from './internal';
import { planDeletion } from './rules';
import { vaultTrouble } from './schemas';

/** Warns before a key's waiting time is over, and then destroys its material. */
export const keyDuty: Duty = {
  kind: 'key_deletions',
  dueAt: (accountId): SQL => sql`(select min(case
      when k.deletion_told = 0 then k.deletion_at - interval '168 hours'
      when k.deletion_told = 1 then k.deletion_at - interval '24 hours'
      else k.deletion_at end)
    from kms_keys k where k.account_id = ${accountId} and k.deletion_at is not null)`,
  async run({ db }, accountId) {
    return inAccount(db, accountId, async (tx) => {
      const rows = await tx
        .select({ key: kmsKeys, now: sql<Date>`clock_timestamp()`.mapWith(kmsKeys.createdAt) })
        .from(kmsKeys)
        .where(and(eq(kmsKeys.accountId, accountId), isNotNull(kmsKeys.deletionAt)))
        .for('update');
      for (const { key, now } of rows) {
        const step = planDeletion({ deletionAt: key.deletionAt!, told: key.deletionTold }, now);
        if (step?.kind === 'warn') await warn(tx, key, step.told, now);
        if (step?.kind !== 'destroy') continue;
        const lost = await destroy(tx, key, now);
        await writeAudit(engineContext(db, accountId), tx, 'keys.destroyed', {
          resourceKind: 'key',
          resourceId: key.id,
          resourceName: key.alias ?? undefined,
          before: { state: key.state, alias: key.alias, deletionAt: key.deletionAt },
          after: { state: 'destroyed', unreadableVaults: lost },
        });
      }
      return false;
    });
  },
};

async function warn(tx: Tx, key: KeyRow, told: number, now: Date): Promise<void> {
  const { vaults: lost } = await getKeyDetail(tx, key.id);
  await tx.update(kmsKeys).set({ deletionTold: told }).where(eq(kmsKeys.id, key.id));
  await notify(tx, key.accountId, {
    kind: 'keys.deletion_near',
    severity: 'warning',
    title: `Key ${key.alias ?? key.id} is destroyed ${daysLeftInWords(key.deletionAt!, now)}`,
    body: lost.length
      ? `Unreadable from then on: ${lost.map(({ name }) => name).join(', ')}. Cancel it under Keys to keep them.`
      : 'No vault uses it.',
  });
}

/** @returns the ids of the vaults that nothing here can read any more. */
async function destroy(tx: Tx, key: KeyRow, now: Date): Promise<string[]> {
  const { vaults: lost } = await getKeyDetail(tx, key.id);
  const destroyed = { state: 'destroyed' as const, deletionAt: null, stateBefore: null };
  await tx
    .update(kmsKeys)
    .set({ ...destroyed, alias: null, wrappedMaterial: null, destroyedAt: now })
    .where(eq(kmsKeys.id, key.id));
  for (const { id, name } of lost) {
    const statusReason = vaultTrouble(name, key.alias ?? key.id, { ...key, ...destroyed });
    await tx
      .update(vaults)
      .set({ status: 'error', statusReason })
      .where(and(eq(vaults.id, id), sql`${vaults.status} in ('created', 'error')`));
  }
  await notify(tx, key.accountId, {
    kind: 'keys.destroyed',
    severity: lost.length > 0 ? 'error' : 'info',
    title: `Key ${key.alias ?? key.id} was destroyed`,
    body:
      lost.length > 0
        ? `No longer readable: ${lost.map(({ name }) => name).join(', ')}.`
        : 'No vault used it.',
  });
  return lost.map(({ id }) => id);
}
