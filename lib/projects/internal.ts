import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

export interface FoundProject {
  id: string;
  accountId: string;
  accountName: string;
  region: string;
}

/** The account and the region behind a project id, or null. */
export async function findProject(tx: Tx, id: string): Promise<FoundProject | null> {
  const [row] = await tx.execute<{ account_id: string; account_name: string; region: string }>(
    sql`select * from door_project(${id})`,
  );
  return row ? { id, accountId: row.account_id, accountName: row.account_name, region: row.region } : null;
}
