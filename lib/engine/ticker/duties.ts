import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { alertDuty } from '@/lib/alerts/alert-duty';
import { signHeadDuty } from '@/lib/audit/sign-head-duty';
import { backupShareDuty } from '@/lib/backup-shares/backup-share-duty';
import { planDuty, usageDuty } from '@/lib/billing';
import { directoryDuty } from '@/lib/directory/directory-duty';
import { diskDuty } from '@/lib/engine/disks/disk-duty';
import { serverDuty } from '@/lib/engine/machines/server-duty';
import { trimDuty } from '@/lib/engine/trimming/trim-duty';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { healthDuty } from '@/lib/engine/vaults/health-duty';
import { keyRotationDuty } from '@/lib/engine/vaults/key-rotation-duty';
import { lockDuty } from '@/lib/engine/vaults/lock-duty';
import { verifyDuty } from '@/lib/engine/verify/verify-duty';
import { healZonesDuty } from '@/lib/engine/zones/heal-zones-duty';
import { keyDuty } from '@/lib/keys/key-duty';
import { policyDuty } from '@/lib/policies/policy-duty';
import { removalDuty } from '@/lib/replica-removals/removal-duty';
import { samplesDuty } from '@/lib/replication/samples-duty';
import { watchDuty } from '@/lib/replication/watch-duty';
import { shareDuty } from '@/lib/resource-shares/share-duty';
import { capacityDuty } from '@/lib/vaults/capacity-duty';
import { trialDuty } from '@/lib/vaults/trial-duty';

/**
 * Work of an account that comes due at a time of its own: a policy's next run, the end of an invitation. A verb that moves
 * that time nearer calls `wake_ticker(account, time)` in its transaction.
 */
export interface Duty {
  kind: string;
  /**
   * When it is due next, as an SQL expression of type timestamptz; null when there is nothing to wait for. It is read behind
   * the walls of the account before every plan, so an index answers it.
   */
  dueAt(accountId: string): SQL;
  /** Does one bounded piece of what is due. Safe to repeat. @returns whether there may be more. */
  run(environment: VaultEnvironment, accountId: string): Promise<boolean>;
}

export interface DutyState {
  kind: string;
  /** Until it is due; 0 or less when it is. */
  dueMs: number;
}

/** The duties of every account. A noun's duty stands in `lib/<noun>/…-duty.ts` and is listed here. */
export const duties: readonly Duty[] = [
  healZonesDuty,
  verifyDuty,
  healthDuty,
  keyRotationDuty,
  lockDuty,
  usageDuty,
  planDuty,
  shareDuty,
  backupShareDuty,
  directoryDuty,
  policyDuty,
  removalDuty,
  signHeadDuty,
  trimDuty,
  alertDuty,
  watchDuty,
  samplesDuty,
  trialDuty,
  keyDuty,
  diskDuty,
  serverDuty,
  capacityDuty,
];

export function findDuty(kind: string): Duty {
  const duty = duties.find((one) => one.kind === kind);
  if (!duty) throw new Error(`Invariant broken: no duty is called ${kind}`);
  return duty;
}

/** All duties that wait for a time, in one query. */
export async function readDuties(tx: Tx, accountId: string): Promise<DutyState[]> {
  if (duties.length === 0) return [];
  const rows = duties.map(({ kind, dueAt }) => sql`(${kind}, (${dueAt(accountId)})::timestamptz)`);
  return tx.execute<{ kind: string; dueMs: number }>(sql`
    select kind, extract(epoch from due_at - clock_timestamp())::float8 * 1000 as "dueMs"
    from (values ${sql.join(rows, sql`, `)}) as duty (kind, due_at)
    where due_at is not null`);
}
