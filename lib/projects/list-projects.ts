import { sql } from 'drizzle-orm';
import { knownRegions } from '@/lib/regions/schemas';
import { readVerb } from '@/lib/verb';
import { ListProjects, type Project } from './schemas';

/** The account's project in every region; an id is made when it is first asked for and stays. */
export const listProjects = readVerb({
  action: 'projects.list',
  permission: 'account.read',
  input: ListProjects,
  async run({ tx }): Promise<{ items: Project[] }> {
    const regions = knownRegions().map(({ id }) => id);
    const rows = await tx.execute<{ id: string; region: string; created_at: string }>(
      sql`select id, region, created_at from my_projects(${`{${regions.join(',')}}`}::text[])`,
    );
    const items = rows.map(({ id, region, created_at }) => ({
      id,
      region,
      createdAt: new Date(created_at).toISOString(),
    }));
    return { items: items.toSorted((a, b) => regions.indexOf(a.region) - regions.indexOf(b.region)) };
  },
});
