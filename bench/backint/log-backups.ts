import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { type HanaSide, move } from './hana-side';

const tables = [
  'jobs',
  'backup_points',
  'hana_objects',
  'point_events',
  'audit_events',
  'pins',
  'packs',
  'chunks',
] as const;

/** Small backups that come every few minutes for years: what each costs in time and in rows that stay. */
export async function measureLogBackups(hana: HanaSide, owner: Database, count: number) {
  const before = await countRows(owner);
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) await logBackup(hana, i);
  const seconds = (performance.now() - startedAt) / 1000 / count;
  const after = await countRows(owner);
  const rows = tables.map((table) => ({
    table,
    each: Math.round(((after[table]! - before[table]!) / count) * 10) / 10,
  }));
  return { count, seconds, rows };
}

async function logBackup(hana: HanaSide, i: number): Promise<void> {
  const names = [`log_backup_2_0_${i * 64}_${i * 64 + 64}.${5000 + i}`, `log_backup_0_0_0_0.${9000 + i}`];
  const paths = await Promise.all(names.map((name) => hana.makePipe(name)));
  const volumes = await Promise.all(
    names.map((name, n) => hana.makeVolume(`${name}.volume`, n === 0 ? 1024 ** 2 : 40_000)),
  );
  await Promise.all([
    hana.call(
      'backup',
      paths.map((path) => `#PIPE ${path}`),
      ['-s', String(5000 + i), '-c', '2', '-l', 'LOG'],
    ),
    ...volumes.map((volume, n) => move(volume, paths[n]!)),
  ]);
}

async function countRows(owner: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await owner.execute<{ rows: number }>(
      sql`select count(*)::float8 as rows from ${sql.identifier(table)}`,
    );
    counts[table] = row!.rows;
  }
  return counts;
}
