import { and, eq, isNull, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { capacityPlans } from '@/db/schema';
import type { Duty } from '@/lib/engine/ticker/duties';
import { notify } from '@/lib/notifications';
import { defaultRegionId } from '@/lib/regions';

/** How long before its end an account hears of it; of a shorter plan when it begins. */
export const noticeAt = sql`greatest(starts_at, ends_at - interval '7 days')`;

/** Tells an account once that a capacity plan is about to end: its storage will be charged from then on. */
export const planDuty: Duty = {
  kind: 'capacity_plans',
  dueAt: (accountId) => sql`(select min(${noticeAt}) from capacity_plans
    where account_id = ${accountId} and ending_told_at is null)`,
  async run({ db }, accountId) {
    return inAccount(db, accountId, async (tx) => {
      const due = await tx
        .update(capacityPlans)
        .set({ endingToldAt: sql`now()` })
        .where(
          and(
            eq(capacityPlans.accountId, accountId),
            isNull(capacityPlans.endingToldAt),
            sql`${noticeAt} <= now()`,
          ),
        )
        .returning({ name: capacityPlans.name, endsAt: capacityPlans.endsAt });
      for (const { name, endsAt } of due) {
        await notify(tx, accountId, {
          kind: 'billing.plan_ending',
          severity: 'warning',
          title: `The capacity plan ${name} ends on ${endsAt.toISOString().slice(0, 10)}`,
          body: 'From then on (UTC) the storage that it covers is charged. Add another plan if you want to keep it covered.',
          href: `/${defaultRegionId()}/billing?tab=plans`,
        });
      }
      return false;
    });
  },
};
