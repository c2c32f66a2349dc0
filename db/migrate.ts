import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from 'postgres';

/** Any number of processes may start at once; the one that holds this lock migrates and the others wait. */
const migrationLock = 7_205_759_403;

interface Migration {
  name: string;
  sha256: string;
  statements: string;
}

/**
 * Applies the `*.sql` files of `folder` that this database lacks, in the order of their names, each in a transaction
 * of its own, and returns the names applied. `owner` must be a handle with a single connection: the lock lives on it.
 * Throws when a file that was applied has changed or is missing, or when a new one sorts before an applied one.
 */
export async function migrate(owner: Sql, folder: string): Promise<string[]> {
  if (owner.options.max !== 1) throw new Error('Migrations need a handle with max: 1');
  const files = await readMigrations(folder);
  await owner`select pg_advisory_lock(${migrationLock})`;
  try {
    await owner`
      create table if not exists schema_migrations (
        name text primary key, sha256 text not null, applied_at timestamptz not null default now()
      )`;
    const applied = await owner<{ name: string; sha256: string }[]>`
      select name, sha256 from schema_migrations order by name collate "C"`;
    const pending = pendingMigrations(files, applied);
    for (const migration of pending) await apply(owner, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await owner`select pg_advisory_unlock(${migrationLock})`;
  }
}

function pendingMigrations(files: Migration[], applied: { name: string; sha256: string }[]): Migration[] {
  applied.forEach(({ name, sha256 }, index) => {
    const file = files.find((candidate) => candidate.name === name);
    if (!file) {
      throw new Error(
        `The database has migration ${name}, which this version lacks: its data is from a newer version.`,
      );
    }
    if (file.sha256 !== sha256) throw new Error(`Migration ${name} has changed since it was applied.`);
    if (files[index] !== file)
      throw new Error(`Migration ${files[index]?.name} sorts before ${name}, which is applied.`);
  });
  return files.slice(applied.length);
}

async function apply(owner: Sql, { name, sha256, statements }: Migration): Promise<void> {
  try {
    await owner.begin(async (tx) => {
      await tx.unsafe(statements);
      await tx`insert into schema_migrations (name, sha256) values (${name}, ${sha256})`;
    });
  } catch (cause) {
    throw new Error(`Migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const statements = await readFile(join(folder, name), 'utf8');
      return { name, statements, sha256: createHash('sha256').update(statements).digest('hex') };
    }),
  );
}
