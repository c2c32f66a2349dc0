import { sql } from 'drizzle-orm';
import type { Duty } from '@/lib/engine/ticker/duties';
import { healZones } from './heal-zones';

/** Zones that fell behind get what they lack, and all are compared with their siblings once a day. */
export const healZonesDuty: Duty = {
  kind: 'heal_zones',
  dueAt: (accountId) => sql`select min(z.due_at) from vault_zones z where z.account_id = ${accountId}`,
  run: healZones,
};
