import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { Duty } from '@/lib/engine/ticker/duties';
import { sampleAges } from './samples';

const oldest = (accountId: string, { stepSeconds, hours }: (typeof sampleAges)[number]) => sql`
  (select min(s.at) from replication_samples s
    where s.account_id = ${accountId} and s.step_seconds = ${stepSeconds}) + make_interval(hours => ${hours})`;

/**
 * Rolls old samples up and lets the oldest go. The highest lag of a span and its last total are kept, so that a plot of a
 * month still shows the worst moment of it. A whole hour's worth at a time, not each minute's.
 */
export const samplesDuty: Duty = {
  kind: 'roll_up_samples',
  dueAt: (accountId) =>
    sql`least(${sql.join(
      sampleAges.map((age) => sql`${oldest(accountId, age)}`),
      sql`, `,
    )}) + interval '1 hour'`,
  async run({ db }, accountId) {
    await inAccount(db, accountId, async (tx) => {
      for (const { stepSeconds, hours, becomes } of sampleAges) {
        // To the end of a coarser span, so that none is rolled up in two parts.
        const cut = sql`date_bin(make_interval(secs => ${becomes ?? stepSeconds}),
          now() - make_interval(hours => ${hours}), timestamptz 'epoch')`;
        if (becomes !== null) {
          await tx.execute(sql`
            insert into replication_samples as kept (account_id, replication_id, at, copied_bytes, lag_points, lag_seconds, step_seconds)
            select account_id, replication_id, date_bin(make_interval(secs => ${becomes}), at, timestamptz 'epoch') as span,
              max(copied_bytes), max(lag_points), max(lag_seconds), ${becomes}
            from replication_samples
            where account_id = ${accountId} and step_seconds = ${stepSeconds} and at < ${cut}
            group by account_id, replication_id, span
            on conflict (replication_id, at) do update set copied_bytes = excluded.copied_bytes,
              lag_points = excluded.lag_points, lag_seconds = excluded.lag_seconds, step_seconds = excluded.step_seconds`);
        }
        await tx.execute(sql`
          delete from replication_samples
          where account_id = ${accountId} and step_seconds = ${stepSeconds} and at < ${cut}`);
      }
    });
    return false;
  },
};
