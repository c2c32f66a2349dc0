import type { Slots } from '@/lib/engine/core/slots';
import { maxNamesPerRequest } from '@/lib/engine/wire-binary';
import type { TreePass } from '../../../backup/run-tree-backup';
import type { KeyColumn, TableSchema } from '../model';
import type { RangeJournal } from './range-journal';
import { groupsOf, type ScanContext, type ScannedRange, scanRange } from './range-scan';
import { type KeyRange, planRanges } from './ranges';

/** About how much of a table is read in one go, and again after an interruption. */
const rangeBytes = 64 * 1024 * 1024;

export interface ScannedTable {
  name: string;
  schema: TableSchema;
  ranges: ScannedRange[];
  readFrom: Date;
  readUntil: Date;
  hasSchemaChanged: boolean;
}

export interface TableScanContext extends ScanContext {
  journal: RangeJournal;
  known: TreePass['known'];
  /** Ranges read at the same time, of all tables together. */
  slots: Slots;
}

/** Reads one table in ranges, several at a time. Ranges that an earlier attempt read are taken from its journal. */
export async function scanTable(context: TableScanContext, name: string): Promise<ScannedTable> {
  const { source, signal, journal } = context;
  const readFrom = new Date();
  const schema = await source.describeTable(name, signal);
  let plan = journal.findPlan(name);
  if (!plan || !isPlanFor(plan, schema.key)) {
    plan = planRanges(schema.key, await source.splitPoints(name, rangeBytes, signal));
    await journal.addPlan(name, plan);
  }
  const total = plan.length;
  const ranges = await allOrFirstFailure(
    plan.map(async (range, index) => {
      await context.slots.take();
      try {
        signal.throwIfAborted();
        context.meter.currentItem = total > 1 ? `${name}, range ${index + 1} of ${total}` : name;
        const before = await findRead(context, name, index);
        if (before) return before;
        const table = { name, maxVersions: schema.options.maxVersions };
        const scanned = await scanRange(context, table, range);
        await journal.addRange(name, index, scanned);
        return scanned;
      } finally {
        context.slots.give();
      }
    }),
  );
  const after = await source.describeTable(name, signal);
  const hasSchemaChanged = JSON.stringify(after) !== JSON.stringify(schema);
  return { name, schema, ranges, readFrom, readUntil: new Date(), hasSchemaChanged };
}

/** A table that was deleted and made again since may have another key. */
function isPlanFor([first]: readonly KeyRange[], key: readonly KeyColumn[]): boolean {
  const names = (columns: readonly { name: string }[]) => columns.map(({ name }) => name).join('/');
  return first !== undefined && names(first.start) === names(key);
}

/** A range of the journal whose groups the gateway has, all of them. */
async function findRead(
  context: TableScanContext,
  table: string,
  index: number,
): Promise<ScannedRange | null> {
  const found = context.journal.findRange(table, index);
  if (!found) return null;
  const names = [...groupsOf(found)].map((group) => group.name);
  for (let at = 0; at < names.length; at += maxNamesPerRequest) {
    const answers = await context.known(names.slice(at, at + maxNamesPerRequest));
    if (!answers.every(Boolean)) return null;
  }
  context.meter.bytesDone += found.bytes;
  context.meter.itemsDone += found.rows;
  return found;
}

/** Fails with the first failure, once none of the others is still at work. */
export async function allOrFirstFailure<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<T>).value);
}
