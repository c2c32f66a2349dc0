import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';

export interface FoundProject {
  id: string;
  accountId: string;
  accountName: string;
  region: string;
  isActive: boolean;
}

/** The account and the region behind a project id, or null. */
export async function findProject(tx: Tx, id: string): Promise<FoundProject | null> {
  const [row] = await tx.execute<{
    account_id: string;
    account_name: string;
    region: string;
    is_active: boolean;
  }>(sql`select * from door_project(${id})`);
  if (!row) return null;
  return {
    id,
    accountId: row.account_id,
    accountName: row.account_name,
    region: row.region,
    isActive: row.is_active,
  };
}
