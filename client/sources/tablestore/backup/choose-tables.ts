import { CrossvaultError } from '@/lib/errors';
import { compileExcludes } from '../../../backup/excludes';

interface TableChoice {
  paths: readonly string[];
  includes?: readonly string[];
  excludes: readonly string[];
}

/**
 * Which tables of an instance a backup takes: those its paths name (`/orders`; `/` is all), of them those its includes take
 * where there are any, less those its excludes leave out. Indexes are tables of their own to the service and are left out: their rows follow from their table.
 */
export function chooseTables(
  tables: readonly string[],
  { paths, includes = [], excludes }: TableChoice,
): { chosen: string[]; missing: string[] } {
  const wanted = new Set(paths.map((path) => path.replace(/^\/+|\/+$/g, '')));
  const [taken, left] = [compileExcludes(includes), compileExcludes(excludes)];
  const isTaken = (table: string) => includes.length === 0 || taken.matches([table], true);
  const isWanted = (table: string) =>
    (wanted.has('') || wanted.has(table)) && isTaken(table) && !left.matches([table], true);
  const existing = new Set(tables);
  return {
    chosen: tables.filter(isWanted).sort(compareBytes),
    missing: [...wanted].filter((name) => name !== '' && !existing.has(name)),
  };
}

/** @throws `not_found` when nothing at all is left to back up. */
export function requireAny(chosen: readonly string[], missing: readonly string[], instance: string): void {
  if (chosen.length > 0) return;
  const what = missing.length > 0 ? `no table ${missing.join(', ')}` : 'no table that is to be backed up';
  throw new CrossvaultError(
    'not_found',
    `The instance ${instance} has ${what}. No backup point was made; earlier ones are untouched.`,
    { reason: 'no_tables' },
  );
}

/** Of names, which are ASCII. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
