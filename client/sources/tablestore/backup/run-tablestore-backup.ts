import { Slots } from '@/lib/engine/core/slots';
import { TreeBuilder } from '@/lib/engine/core/tree/tree-builder';
import { CrossvaultError } from '@/lib/errors';
import { runTreeBackup, type TreePass, type TreePassResult } from '../../../backup/run-tree-backup';
import type { JobContext, JobResult } from '../../../jobs/run-job';
import type { BackupOffer } from '../../adapter';
import { ServiceError } from '../errors';
import type { TableSchema } from '../model';
import type { WideColumnSource } from '../wide-column-source';
import { addTable } from './add-table';
import { chooseTables, requireAny } from './choose-tables';
import { RangeJournal } from './range-journal';
import { type ScannedTable, scanTable, type TableScanContext } from './table-scan';

export interface InstanceBackup {
  source: WideColumnSource;
  instance: string;
}

/** Ranges read at the same time. Each holds two pages of at most 4 MiB and a group. */
const rangesAtOnce = 4;
/** Tables begun before the one that is written to the tree has been read. */
const tablesAhead = 4;

/** Backs up the tables of an instance that the offer names. */
export async function runTablestoreBackup(
  context: JobContext,
  offer: BackupOffer,
  backup: InstanceBackup,
): Promise<JobResult> {
  const startedAt = BigInt(Date.now());
  return runTreeBackup(context, offer, {
    pass: async (pass) => {
      const journal = await RangeJournal.open(context.folder, offer.jobId, pass.lineageId);
      const result = await backUpTables(pass, offer, backup, { journal, startedAt });
      return { ...result, committed: () => journal.remove() };
    },
  });
}

async function backUpTables(
  pass: TreePass,
  { work }: BackupOffer,
  { source, instance }: InstanceBackup,
  { journal, startedAt }: { journal: RangeJournal; startedAt: bigint },
): Promise<TreePassResult> {
  const { signal, report } = pass;
  // Another table's failure stops what is read beside it.
  const stop = new AbortController();
  let readBytes = 0;
  const context: TableScanContext = {
    ...pass,
    source,
    journal,
    startedAt,
    signal: AbortSignal.any([signal, stop.signal]),
    slots: new Slots(rangesAtOnce),
    onRead: (bytes) => {
      readBytes += bytes;
    },
  };
  const tables = await withoutIndexes(await source.listTables(signal), source, signal);
  const { chosen, missing } = chooseTables(tables, work.spec);
  for (const name of missing) report.skip(`/${name}`, 'there is no such table in the instance');
  requireAny(chosen, missing, instance);
  const tree = new TreeBuilder(pass.namingKey, (page) => pass.uploader.add(page));
  const begun: Promise<ScannedTable | null>[] = [];
  const begin = () => {
    const name = chosen[begun.length];
    if (name === undefined) return;
    const scanning = scanTable(context, name).catch((error) => leaveOut(error, name, pass));
    scanning.catch(() => stop.abort());
    begun.push(scanning);
  };
  for (let i = 0; i < tablesAhead; i++) begin();
  try {
    for (let i = 0; i < begun.length; i++) {
      const table = await begun[i]!;
      begin();
      if (!table) continue;
      await addTable(tree, pass, instance, table);
      report.folders++;
      noteChanges(table, pass);
    }
  } finally {
    stop.abort();
    await Promise.allSettled(begun);
  }
  if (report.folders === 0)
    throw new CrossvaultError('not_found', 'No table could be read. No backup point was made.', {
      reason: 'no_tables',
    });
  return { root: await tree.finish(), readBytes };
}

/** The service lists the tables behind indexes among the others. */
async function withoutIndexes(
  tables: readonly string[],
  source: WideColumnSource,
  signal: AbortSignal,
): Promise<string[]> {
  const indexes = new Set<string>();
  for (const table of tables) {
    const { indexes: own } = await source.describeTable(table, signal).catch(orNone);
    for (const { name } of own) indexes.add(name);
  }
  return tables.filter((table) => !indexes.has(table));
}

/** What cannot be described is met again, and told, when its turn comes. */
function orNone(error: unknown): Pick<TableSchema, 'indexes'> {
  if (error instanceof ServiceError && !error.retryable) return { indexes: [] };
  throw error;
}

/** A table that is gone, or that the key may not read, keeps the others from nothing. Half a table is not kept. */
function leaveOut(error: unknown, table: string, { report, signal }: TreePass): null {
  if (signal.aborted || !(error instanceof CrossvaultError)) throw error;
  const isOfTable = error.reason === 'table_missing' || error.reason === 'row_too_wide';
  const isRefused = error instanceof ServiceError && error.reason === 'source_permission_missing';
  if (!isOfTable && !isRefused) throw error;
  report.skip(
    `/${table}`,
    error.reason === 'table_missing' ? 'the table was deleted meanwhile' : error.message,
  );
  return null;
}

function noteChanges({ name, ranges, hasSchemaChanged }: ScannedTable, { report }: TreePass): void {
  report.files += ranges.reduce((sum, range) => sum + range.rows, 0);
  const written = ranges.reduce((sum, range) => sum + range.writtenMeanwhile, 0);
  if (written > 0)
    report.note(
      `${name}: ${written} rows were written while it was read and are kept as they were when their turn came.`,
    );
  if (hasSchemaChanged) report.note(`${name}: its options or indexes were changed while it was read.`);
}
