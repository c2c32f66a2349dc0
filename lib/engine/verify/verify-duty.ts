import { sql } from 'drizzle-orm';
import type { Duty } from '@/lib/engine/ticker/duties';
import { runVerification } from './run-verification';

/** Reads, opens and hashes what vaults hold: what is new daily, everything once in a month, and whenever it is asked for. */
export const verifyDuty: Duty = {
  kind: 'verify',
  dueAt: (accountId) => sql`select least(
    (select min(r.next_piece_at) from verifications r join vaults v on v.id = r.vault_id
      where r.account_id = ${accountId} and r.state in ('queued', 'running') and v.status in ('created', 'error')),
    (select min(v.next_verify_at) from vaults v where v.account_id = ${accountId}))`,
  run: runVerification,
};
