import { CrossvaultError } from '@/lib/errors';
import { pathKey } from '../../../backup/file-cache';
import { ReportBuilder } from '../../../jobs/job-report';
import type { JobContext, JobResult } from '../../../jobs/run-job';
import { isFatal } from '../../../restore/failures';
import { openRestore } from '../../../restore/open-restore';
import { type ReadyStep, readAhead } from '../../../restore/read-ahead';
import { planRestore } from '../../../restore/restore-plan';
import { joinNames } from '../../../restore/shown';
import type { RestoreOffer } from '../../adapter';
import { rowsFolderName } from '../backup/table-file';
import type { WideColumnSource } from '../wide-column-source';
import { countTableChanges } from './dry-run';
import { planTable, type TablePlan, type TablestoreTarget } from './plan-table';
import { readPointTables } from './point-tables';
import { findTable, prepareTable, putOptionsBack } from './prepare-tables';
import { RestoreState } from './restore-state';
import { RowTally } from './row-tally';
import { TableWriter } from './table-writer';

/** Writes the rows of the selected tables to the tables of an instance. What fails is reported row by row. */
export async function runTablestoreRestore(
  context: JobContext,
  offer: RestoreOffer,
  source: WideColumnSource,
): Promise<JobResult> {
  const { spec } = offer.work;
  if (spec.destination.kind !== 'tablestore')
    throw new CrossvaultError('invalid_input', `Tables are not restored to ${spec.destination.kind}.`, {
      reason: 'destination_unsupported',
    });
  const report = new ReportBuilder();
  const tally = new RowTally(report);
  const point = await openRestore(context, offer, report);
  const plans = await planTables(context, offer, spec.destination, point, source, report);
  const run = { context, spec, target: spec.destination, point, plans, source, report, tally };
  if (spec.isDryRun) await dryRun(run);
  else await writeTables(run, await RestoreState.open(context.folder, offer.jobId));
  tally.finish();
  return {
    outcome: report.skippedCount > 0 ? 'partial' : 'complete',
    report: report.build(),
    summary: { pointId: point.begun.pointId, rows: tally.writtenRows, tables: plans.size },
  };
}

interface Run {
  context: JobContext;
  spec: RestoreOffer['work']['spec'];
  target: TablestoreTarget;
  point: Awaited<ReturnType<typeof openRestore>>;
  plans: ReadonlyMap<string, TablePlan>;
  source: WideColumnSource;
  report: ReportBuilder;
  tally: RowTally;
}

async function planTables(
  { meter, signal }: JobContext,
  { work }: RestoreOffer,
  target: TablestoreTarget,
  point: Run['point'],
  source: WideColumnSource,
  report: ReportBuilder,
): Promise<Map<string, TablePlan>> {
  const plans = new Map<string, TablePlan>();
  const refused: string[] = [];
  const totals = { bytes: 0, rows: 0 };
  for await (const file of readPointTables(point, work.spec.selection)) {
    const to = target.tables.find(({ from }) => from === file.table)?.to ?? file.table;
    const plan = planTable(file, await findTable(source, to, signal), target, new Date());
    for (const note of plan.notes) report.note(note);
    if (plan.refusal) {
      refused.push(plan.refusal);
      report.skip(`/${file.table}`, plan.refusal);
    } else {
      plans.set(file.table, plan);
      totals.bytes += file.bytes;
      totals.rows += file.rows;
    }
  }
  requireDistinct([...plans.values()]);
  if (plans.size === 0)
    throw new CrossvaultError(
      'state_conflict',
      `Nothing was restored: ${refused[0] ?? 'no table was chosen'}.`,
      {
        reason: refused.length > 0 ? 'schema_differs' : 'no_tables',
      },
    );
  meter.setTotals(totals.bytes, totals.rows);
  return plans;
}

function requireDistinct(plans: readonly TablePlan[]): void {
  const names = plans.map(({ to }) => to);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new CrossvaultError(
    'invalid_input',
    `Two tables would be restored to ${twice}. Give each its own name.`,
    {
      reason: 'same_target',
    },
  );
}

async function dryRun(run: Run): Promise<void> {
  for await (const { plan, steps } of rowFiles(run, null)) {
    await countTableChanges({ ...run, plan, steps, signal: run.context.signal, meter: run.context.meter });
  }
}

async function writeTables(run: Run, state: RestoreState): Promise<void> {
  const { context, plans, source, report } = run;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  let writer: TableWriter | null = null;
  try {
    for (const plan of plans.values()) await prepareTable(source, plan, state, signal);
    for await (const { plan, steps, fileKey } of rowFiles(run, state)) {
      if (writer?.plan !== plan) {
        await writer?.finish();
        writer = new TableWriter({ ...run, plan, state, signal, meter: context.meter });
      }
      await writer.writeFile(steps, fileKey);
    }
    await writer?.finish();
    report.folders = plans.size;
  } finally {
    stop.abort();
    await writer?.settle();
    for (const table of await putOptionsBack(source, state))
      report.note(
        `${table}: its max version offset could not be put back. Set it in the Tablestore console.`,
      );
  }
}

/** The files of rows in order, each to be read to its end; those that an earlier attempt finished are passed over. */
async function* rowFiles(
  { context, spec, point, plans }: Run,
  state: RestoreState | null,
): AsyncGenerator<{ plan: TablePlan; steps: AsyncGenerator<ReadyStep>; fileKey: Buffer }> {
  const { meter, signal } = context;
  const keyOf = (folder: readonly Uint8Array[], name: Uint8Array) => pathKey(joinNames([...folder, name]));
  const isRows = (folder: readonly Uint8Array[]) =>
    folder.length === 2 && Buffer.from(folder[1]!).toString() === rowsFolderName;
  const planOf = (folder: readonly Uint8Array[]) => plans.get(Buffer.from(folder[0] ?? []).toString());
  const plan = planRestore({
    reader: point.reader,
    root: point.rootPage,
    selection: spec.selection,
    isFatal: (error) => isFatal(error, signal),
    needsBytes: async (folder, entry) =>
      isRows(folder) && planOf(folder) !== undefined && !state?.isDone(keyOf(folder, entry.name)),
  });
  const steps = readAhead(plan, point.fetcher);
  try {
    for (let next = await steps.next(); !next.done; next = await steps.next()) {
      signal.throwIfAborted();
      const step = next.value;
      if (step.step === 'unreadable') throw step.error;
      if (step.step !== 'file') continue;
      const fileKey = keyOf(step.folder, step.entry.name);
      if (step.hasChunks) yield { plan: planOf(step.folder)!, steps, fileKey };
      else if (isRows(step.folder)) meter.bytesDone += step.entry.sizeBytes;
    }
  } finally {
    await steps.return(undefined);
  }
}
