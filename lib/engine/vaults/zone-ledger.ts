import { sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import type { DebtKind, DebtReason, ZoneLedger } from '@/lib/engine/core/store/zone-store';
import { notify } from '@/lib/notifications';
import type { VaultPlace } from './region-storage';

/** An error that goes on is written down again this often, so that its time stays near the truth. */
const repeatMs = 30_000;

/**
 * Zones that are behind, as rows of the vault's own account. Debts are committed in a transaction of their own before the
 * object they are about is acknowledged: a commit that follows then never misses one.
 */
export class DatabaseLedger implements ZoneLedger {
  readonly #told = new Map<string, { message: string; at: number }>();

  constructor(
    private readonly db: Database,
    private readonly vault: Pick<VaultPlace, 'accountId' | 'id'>,
  ) {}

  async owe(zone: string, kind: DebtKind, name: string, reason: DebtReason): Promise<void> {
    await this.#inVault(async (tx) => {
      const { accountId, id } = this.vault;
      // What was deleted anywhere is not missed elsewhere: a reader may have met it on its way out.
      const written = await tx.execute(sql`
        insert into zone_debts (account_id, vault_id, zone, object_name, kind, reason)
        select ${accountId}, ${id}, ${zone}, ${name}, ${kind}, ${reason}
        where ${kind} = 'delete' or ${reason} = 'unavailable' or not exists (
          select 1 from zone_debts d where d.vault_id = ${id} and d.object_name = ${name} and d.kind = 'delete')
        on conflict (vault_id, zone, object_name) do update set kind = excluded.kind, reason = excluded.reason
          where zone_debts.kind <> excluded.kind or excluded.reason = 'corrupt'`);
      if (written.count === 0) return;
      if (reason === 'corrupt') await recordRot(tx, { accountId, vaultId: id, zone, name });
      // A zone that lacks one object may lack many: it is compared as a whole.
      await tx.execute(sql`
        update vault_zones set due_at = least(due_at, now()),
          next_compare_at = case when ${reason} = 'missing' then least(next_compare_at, now()) else next_compare_at end
        where vault_id = ${id} and zone = ${zone}`);
      await tx.execute(sql`select wake_ticker(${accountId})`);
    });
  }

  async settle(zone: string, name: string): Promise<void> {
    await this.#inVault((tx) => settleDebt(tx, { vaultId: this.vault.id, zone, name }));
  }

  observe(zone: string, error: Error | null): void {
    const told = this.#told.get(zone);
    const message = error?.message ?? '';
    const now = performance.now();
    if ((told?.message ?? '') === message && (error === null || now - (told?.at ?? 0) < repeatMs)) return;
    this.#told.set(zone, { message, at: now });
    this.#inVault((tx) =>
      tx.execute(sql`
        update vault_zones set last_error = ${error ? message.slice(0, 1000) : null},
          last_error_at = ${error ? sql`now()` : sql`null`}
        where vault_id = ${this.vault.id} and zone = ${zone}`),
    ).catch(() => {
      // The database is away as well; the zone's next answer is written down instead.
      this.#told.delete(zone);
    });
  }

  #inVault<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return inAccount(this.db, this.vault.accountId, work);
  }
}

/** A zone has what it was behind with; a copy that had been damaged is healed. */
export async function settleDebt(
  tx: Tx,
  { vaultId, zone, name }: { vaultId: string; zone: string; name: string },
): Promise<void> {
  await tx.execute(
    sql`delete from zone_debts where vault_id = ${vaultId} and zone = ${zone} and object_name = ${name}`,
  );
  await tx.execute(sql`
    update vault_damages set state = 'healed', healed_from = 'zone', ended_at = now()
    where vault_id = ${vaultId} and zone = ${zone} and object_name = ${name} and state = 'open'`);
}

async function recordRot(
  tx: Tx,
  { accountId, vaultId, zone, name }: { accountId: string; vaultId: string; zone: string; name: string },
): Promise<void> {
  const recorded = await tx.execute(sql`
    insert into vault_damages (account_id, vault_id, object_name, zone, kind, found_by)
    values (${accountId}, ${vaultId}, ${name}, ${zone}, 'corrupt', 'read') on conflict do nothing`);
  if (recorded.count === 0) return;
  const [vault] = await tx.execute<{ name: string; href: string; was_told: boolean }>(sql`
    select v.name, '/' || v.region || '/vaults/' || v.id as href, exists (
      select 1 from notifications n where n.account_id = v.account_id and n.kind = 'vaults.copy_damaged'
        and n.href = '/' || v.region || '/vaults/' || v.id and n.created_at > now() - interval '1 hour') as was_told
    from vaults v where v.id = ${vaultId}`);
  if (!vault || vault.was_told) return;
  await notify(tx, accountId, {
    kind: 'vaults.copy_damaged',
    severity: 'warning',
    title: `A damaged copy was found in zone ${zone} of ${vault.name}`,
    body: 'Reads use the copy in another zone, and the damaged one is replaced by it. Nothing was lost.',
    href: vault.href,
  });
}
