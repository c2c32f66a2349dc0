import type { RestoreSpec } from '@/lib/jobs/schemas';
import type { TableFile } from '../backup/table-file';
import type { KeyColumn, TableOptions, TableSchema } from '../model';

export type TablestoreTarget = Extract<RestoreSpec['destination'], { kind: 'tablestore' }>;

/** What a restore is going to do with one table, and why it cannot. */
export interface TablePlan {
  file: TableFile;
  to: string;
  /** Null: the table is there. */
  create: TableSchema | null;
  /** Why nothing is restored to it. */
  refusal: string | null;
  /** Versions older than this, in milliseconds, would be deleted as soon as they were written. */
  oldestKept: bigint | null;
  /** Options of the table while rows are written, and afterwards, where those differ. */
  options: { during: TableOptions; after: TableOptions };
  /** Which key column gets its values from the service. */
  renumbers: string | null;
  notes: string[];
}

const daySeconds = 86_400;
/** How long a restore may take before versions at the edge are refused. */
const marginSeconds = 7 * daySeconds;

/** @param existing the table of that name at the destination, or null. */
export function planTable(
  file: TableFile,
  existing: TableSchema | null,
  target: Pick<TablestoreTarget, 'tables' | 'autoIncrement'>,
  now: Date,
): TablePlan {
  const to = target.tables.find(({ from }) => from === file.table)?.to ?? file.table;
  const after = (existing ?? file.schema).options;
  const during = { ...after, maxVersionOffsetSeconds: offsetFor(file, after, now) };
  const numbered = file.schema.key.find(({ isAutoIncrement }) => isAutoIncrement)?.name ?? null;
  const plan: TablePlan = {
    file,
    to,
    create: existing ? null : schemaFor(file, to, during),
    refusal: existing ? findDifference(file.schema.key, existing.key) : null,
    oldestKept:
      after.timeToLiveSeconds === -1 ? null : BigInt(now.getTime() - (after.timeToLiveSeconds - 60) * 1000),
    options: { during, after },
    renumbers: target.autoIncrement === 'renumber' ? numbered : null,
    notes: [],
  };
  plan.notes.push(...notesOf(plan, existing, numbered));
  return plan;
}

/** The service takes a version only when it lies near the time of writing; how near, is an option of the table. */
function offsetFor({ oldestVersion, newestVersion }: TableFile, options: TableOptions, now: Date): number {
  if (oldestVersion === null || newestVersion === null) return options.maxVersionOffsetSeconds;
  const back = now.getTime() - Number(oldestVersion);
  const ahead = Number(newestVersion) - now.getTime();
  const needed = Math.ceil(Math.max(back, ahead, 0) / 1000) + marginSeconds;
  return needed - marginSeconds < options.maxVersionOffsetSeconds ? options.maxVersionOffsetSeconds : needed;
}

function schemaFor({ schema, table }: TableFile, to: string, options: TableOptions): TableSchema {
  return {
    ...schema,
    options,
    // Names of indexes are taken in the whole instance, not in the table.
    indexes: schema.indexes.map((index) =>
      to === table ? index : { ...index, name: `${index.name}_${to}`.slice(0, 255) },
    ),
    // Reserved throughput is paid for by the hour whether it is used or not.
    throughput: { read: 0, write: 0 },
  };
}

/** In words, why rows of one key cannot be rows of the other; null when they can. */
function findDifference(from: readonly KeyColumn[], to: readonly KeyColumn[]): string | null {
  const shown = (key: readonly KeyColumn[]) =>
    key
      .map(({ name, type, isAutoIncrement }) => `${name} ${type}${isAutoIncrement ? ' auto-increment' : ''}`)
      .join(', ');
  if (shown(from) === shown(to)) return null;
  return `the table there has another key (${shown(to)}) than the one in the backup (${shown(from)}); restore to a table of another name`;
}

function notesOf(plan: TablePlan, existing: TableSchema | null, numbered: string | null): string[] {
  const { file, to, create, options, refusal } = plan;
  if (refusal) return [];
  const notes: string[] = [];
  if (create) {
    const { indexes, throughput } = file.schema;
    notes.push(
      `${to} is created${indexes.length > 0 ? ` with ${create.indexes.map(({ name }) => name).join(', ')}, which Tablestore fills from the rows` : ''}.`,
    );
    if (throughput.read + throughput.write > 0)
      notes.push(
        `${to}: the original had reserved throughput (${throughput.read} read, ${throughput.write} write). It costs by the hour and is not reserved again.`,
      );
  }
  if (options.during.maxVersionOffsetSeconds !== options.after.maxVersionOffsetSeconds)
    notes.push(
      `${to}: its max version offset is raised to ${days(options.during.maxVersionOffsetSeconds)} while rows are written, for their original timestamps, and put back to ${days(options.after.maxVersionOffsetSeconds)} afterwards.`,
    );
  if (plan.oldestKept !== null && file.oldestVersion !== null && BigInt(file.oldestVersion) < plan.oldestKept)
    notes.push(
      `${to}: its time to live is ${days(options.after.timeToLiveSeconds)}. Versions that are older would be deleted at once and are not written.`,
    );
  if (existing && existing.options.maxVersions < file.schema.options.maxVersions)
    notes.push(
      `${to}: it keeps ${existing.options.maxVersions} versions and the original kept ${file.schema.options.maxVersions}. Older versions are dropped by Tablestore.`,
    );
  if (numbered)
    notes.push(
      plan.renumbers
        ? `${to}: rows get new numbers in ${numbered}, in their order. What refers to the old ones does not find them.`
        : `${to}: rows keep their numbers in ${numbered}. Tablestore may take that for rows that exist only; those it refuses are reported.`,
    );
  return notes;
}

function days(seconds: number): string {
  const count = Math.round((seconds / daySeconds) * 10) / 10;
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
