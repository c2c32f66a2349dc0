import { sql } from 'drizzle-orm';
import { systemClock } from '@/lib/clock';
import type { Duty } from '@/lib/engine/ticker/duties';
import { signHead } from './sign-head';

/** How long new rows wait for a signature at most, while the account's ticker runs. */
export const signEveryMinutes = 60;

export const signHeadDuty: Duty = {
  kind: 'audit.sign_head',
  dueAt: (accountId) => sql`
    select case when h.seq > coalesce(s.seq, 0)
      then coalesce(s.signed_at + make_interval(mins => ${signEveryMinutes}), now()) end
    from audit_heads h
    left join lateral (select seq, signed_at from audit_signed_heads
      where account_id = ${accountId} order by seq desc limit 1) s on true
    where h.account_id = ${accountId}`,
  async run({ db, auditKey }, accountId) {
    await signHead(db, accountId, auditKey, systemClock.now());
    return false;
  },
};
