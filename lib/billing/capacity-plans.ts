import { desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { capacityPlans } from '@/db/schema';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { requireRegion } from '@/lib/regions';
import { readVerb, writeVerb } from '@/lib/verb';
import { planUse } from './build-statement';
import { loadLevels, loadMeteredVaults } from './load-statement';
import { noticeAt } from './plan-duty';
import { type CapacityPlan, type CapacityPlanUse, CreateCapacityPlan } from './statement-schemas';

const dayMs = 86_400_000;
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

function toCapacityPlan(row: typeof capacityPlans.$inferSelect): CapacityPlan {
  const { id, name, capacityBytes, region, createdBy } = row;
  return {
    id,
    name,
    capacityBytes,
    region,
    createdBy,
    startsOn: dayOf(row.startsAt),
    endsOn: dayOf(new Date(row.endsAt.getTime() - dayMs)),
    createdAt: row.createdAt.toISOString(),
  };
}

/** Records a purchase. It is never changed afterwards, and covers no day that is over: statements stay what they were. */
export const createCapacityPlan = writeVerb({
  action: 'billing.create_capacity_plan',
  permission: 'billing.manage',
  input: CreateCapacityPlan,
  async run({ ctx, tx, input, now, audit }): Promise<CapacityPlan> {
    const { name, capacityBytes, region, startsOn, endsOn } = input;
    if (startsOn < dayOf(now)) {
      const why = `A plan begins today (${dayOf(now)} UTC) or later.`;
      throw new CrossvaultError('invalid_input', why, { fields: { startsOn: why } });
    }
    if (region) requireRegion(region);
    const [row] = await tx
      .insert(capacityPlans)
      .values({
        accountId: ctx.accountId,
        id: newId('cp'),
        name,
        capacityBytes,
        region,
        startsAt: new Date(startsOn),
        endsAt: new Date(Date.parse(endsOn) + dayMs),
        createdBy: ctx.actor.name,
        createdAt: now,
      })
      .returning();
    const plan = toCapacityPlan(row!);
    await tx.execute(
      sql`select wake_ticker(${ctx.accountId}, ${noticeAt}) from capacity_plans where id = ${plan.id}`,
    );
    await audit({
      resourceKind: 'capacity_plan',
      resourceId: plan.id,
      resourceName: name,
      after: { capacityBytes, region, startsOn, endsOn },
    });
    return plan;
  },
});

export const listCapacityPlans = readVerb({
  action: 'billing.list_capacity_plans',
  permission: 'billing.read',
  input: z.object({}),
  async run({ ctx, tx, now }): Promise<{ items: CapacityPlanUse[] }> {
    const plans = await tx
      .select()
      .from(capacityPlans)
      .where(eq(capacityPlans.accountId, ctx.accountId))
      .orderBy(desc(capacityPlans.startsAt), desc(capacityPlans.id));
    const levels = await loadLevels(tx, ctx.accountId);
    const used = planUse({ now, plans, levels, vaults: await loadMeteredVaults(tx, ctx.accountId) });
    const stateOf = (plan: (typeof plans)[number]) =>
      now < plan.startsAt ? 'coming' : now < plan.endsAt ? 'in_force' : 'over';
    return {
      items: plans.map((plan, at) => ({
        ...toCapacityPlan(plan),
        state: stateOf(plan),
        usedFraction: used[at]!,
      })),
    };
  },
});
