import { sql } from 'drizzle-orm';
import type { Duty } from '@/lib/engine/ticker/duties';
import { dueRemovals, removeReplicas } from '@/lib/engine/transfer/remove-replicas';

/** Carries out announced removals when their guard days are over. */
export const removalDuty: Duty = {
  kind: 'replica_removals',
  // By the believed clock, as the removal itself.
  dueAt: (accountId) => sql`(select min(m.remove_at) + (now() - expiry_now()) ${dueRemovals(accountId)})`,
  run: removeReplicas,
};
