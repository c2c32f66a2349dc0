import { type Route, route, streamRoute } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { createCapacityPlan, listCapacityPlans } from './capacity-plans';
import { getPriceList } from './get-price-list';
import { getStatement, listMonths } from './get-statement';
import { PriceList } from './price-list';
import { toStatementCsv } from './statement-csv';
import { CapacityPlan, CapacityPlanUse, MonthTotal, Statement } from './statement-schemas';

const tag = 'billing';
const money =
  'Prices and amounts are whole millionths of the unit of the currency. A month of a price is 30 days.';

export const routes: Route[] = [
  route({
    tag,
    method: 'GET',
    path: '/price-list',
    summary: 'Read the price list in force',
    description: money,
    verb: getPriceList,
    response: PriceList,
  }),
  route({
    tag,
    method: 'GET',
    path: '/billing/statement',
    summary: 'Read the statement of a month',
    description: `The current month, up to now, unless \`month\` names another one. ${money}`,
    verb: getStatement,
    response: Statement,
  }),
  streamRoute({
    tag,
    method: 'GET',
    path: '/billing/statement/export',
    summary: 'Export the statement of a month as CSV',
    verb: getStatement,
    contentType: 'text/csv; charset=utf-8',
    filename: 'crossvault-statement.csv',
    async *stream(ctx, input) {
      yield* toStatementCsv(await getStatement(ctx, input));
    },
  }),
  route({
    tag,
    method: 'GET',
    path: '/billing/months',
    summary: 'List months with their totals',
    verb: listMonths,
    response: listOf(MonthTotal),
  }),
  route({
    tag,
    method: 'GET',
    path: '/billing/capacity-plans',
    summary: 'List capacity plans and how much of each is used now',
    verb: listCapacityPlans,
    response: listOf(CapacityPlanUse),
  }),
  route({
    tag,
    method: 'POST',
    path: '/billing/capacity-plans',
    summary: 'Record the purchase of a capacity plan',
    description:
      'It covers storage from the first to the last day (UTC), in one region or in all; never traffic.',
    status: 201,
    verb: createCapacityPlan,
    response: CapacityPlan,
  }),
];
