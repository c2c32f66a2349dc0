import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { buildStatement, monthOf } from './build-statement';
import { loadStatementInput } from './load-statement';
import { GetStatement, type MonthTotal, type Statement } from './statement-schemas';

export const getStatement = readVerb({
  action: 'billing.get_statement',
  permission: 'billing.read',
  input: GetStatement,
  run: async ({ ctx, tx, input, now }): Promise<Statement> =>
    buildStatement(await loadStatementInput(tx, ctx.accountId, input.month ?? monthOf(now), now)),
});

const maxMonths = 13;

/** Months since something was first used, newest first. */
export const listMonths = readVerb({
  action: 'billing.list_months',
  permission: 'billing.read',
  input: z.object({}),
  async run({ ctx, tx, now }): Promise<{ items: MonthTotal[] }> {
    const rows = await tx.execute<{ month: string }>(sql`
      select to_char(month, 'YYYY-MM') as month
      from (select least((select min(u.hour) from usage_hours u where u.account_id = ${ctx.accountId}),
          (select min(m.hour) from open_meters m where m.account_id = ${ctx.accountId}
            and (m.stored_bytes <> 0 or m.quantity <> 0))) at time zone 'UTC' as first) used
      cross join lateral generate_series(date_trunc('month', used.first), now() at time zone 'UTC',
        interval '1 month') month
      order by 1 desc limit ${maxMonths}`);
    const items: MonthTotal[] = [];
    for (const { month } of rows) {
      const input = await loadStatementInput(tx, ctx.accountId, month, now);
      const { currency, totalMicros, isComplete } = buildStatement(input);
      items.push({ month, currency, totalMicros, isComplete });
    }
    return { items };
  },
});
