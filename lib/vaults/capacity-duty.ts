import { and, eq, type SQL, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { vaults } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { notify } from '@/lib/notifications';

const held = sql`(stored_bytes + reserved_bytes)::numeric * 100`;
const line = sql`capacity_bytes::numeric * threshold_percent`;
/** Passed and not told of; or told of and well below again. */
const isNews = sql`capacity_bytes is not null and (
  threshold_told_at is null and ${held} >= ${line}
  or threshold_told_at is not null and ${held} < ${line})`;

/** Tells the account once when the use of a vault passes its threshold, and again when it does so after having fallen. */
export const capacityDuty: Duty = {
  kind: 'capacities',
  dueAt: (accountId): SQL =>
    sql`(select now() from vaults where account_id = ${accountId} and ${isNews} limit 1)`,
  async run({ db }, accountId) {
    return inAccount(db, accountId, async (tx) => {
      const rows = await tx
        .select()
        .from(vaults)
        .where(and(eq(vaults.accountId, accountId), isNews))
        .for('update');
      for (const vault of rows) {
        const isOver = vault.thresholdToldAt === null;
        await tx
          .update(vaults)
          .set({ thresholdToldAt: isOver ? sql`now()` : null })
          .where(eq(vaults.id, vault.id));
        if (!isOver) continue;
        const percent = Math.floor(((vault.storedBytes + vault.reservedBytes) * 100) / vault.capacityBytes!);
        await notify(tx, accountId, {
          kind: 'vaults.capacity_threshold',
          severity: percent >= 100 ? 'error' : 'warning',
          title: `Vault ${vault.name} is ${percent} % full`,
          body: vault.isAutoExpanding
            ? 'It expands by itself when a backup does not fit, and is charged by its new capacity.'
            : 'Backups that do not fit will be refused. Raise its capacity, let it expand by itself, or delete backups.',
          href: `/${vault.region}/vaults/${vault.id}`,
        });
      }
      return false;
    });
  },
};
