import { spawn } from 'node:child_process';
import { PreparedRecovery } from '@/lib/engine/wire-backint';
import { CrossvaultError } from '@/lib/errors';
import { type Parameters, readParameters } from '../../backint/parameters';
import { ReportBuilder } from '../../jobs/job-report';
import type { JobContext, JobResult } from '../../jobs/run-job';
import type { RestoreOffer } from '../adapter';
import { parameterFileOf } from './adapter';

/**
 * Makes the backups of a recovery available to this host's Backint agent, and says what to run in HANA. Where the host's own
 * parameter file names a command, it is run; the console can neither name one nor change it.
 */
export async function prepareRecovery(context: JobContext, offer: RestoreOffer): Promise<JobResult> {
  const { meter, attempt } = context;
  const parameters = await readOwnParameters(context, offer);
  const prepared = await context.post('prepare-recovery', { attempt }, PreparedRecovery);
  meter.setTotals(0, prepared.objectCount);
  const report = new ReportBuilder();
  const isDryRun = offer.work.spec.isDryRun;
  report.note(
    isDryRun
      ? `The Backint agent would find ${prepared.objectCount} objects of ${prepared.user}. Nothing was changed.`
      : `The Backint agent of this host finds ${prepared.objectCount} objects of ${prepared.user} until ${prepared.availableUntil}.`,
  );
  for (const warning of prepared.warnings) report.note(warning);
  const command = parameters?.recover_command;
  if (!isDryRun && command) {
    await runCommand(command, prepared, context.signal);
    report.note(`${command} was run on the host with these statements and ended with code 0.`);
  } else if (!isDryRun) report.note('Run the statements in HANA. Its Backint agent then restores the bytes.');
  meter.itemsDone = prepared.objectCount;
  return {
    outcome: 'complete',
    report: { ...report.build(), statements: prepared.statements },
    summary: { objects: prepared.objectCount, bytes: prepared.bytes },
  };
}

/** A host without the file can be prepared for all the same: its agent may have another file. */
async function readOwnParameters({ folder }: JobContext, offer: RestoreOffer): Promise<Parameters | null> {
  const config = offer.work.source?.config;
  if (config?.kind !== 'hana') throw new Error('Invariant broken: a recovery names its instance');
  return readParameters(parameterFileOf(folder, config.sid)).catch(() => null);
}

/** The statements go to its standard input, one a line. */
async function runCommand(
  command: string,
  { statements, user }: PreparedRecovery,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(command, [], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, CROSSVAULT_HANA_SOURCE: user },
    signal,
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = `${errors}${text}`.slice(-1000);
  });
  child.stdin.on('error', () => {});
  child.stdin.end(`${statements.join('\n')}\n`);
  const failure = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    child.once('close', (code, by) =>
      resolve(code === 0 ? null : `ended with ${by ? `signal ${by}` : `code ${code}`}`),
    );
  });
  signal.throwIfAborted();
  if (failure === null) return;
  throw new CrossvaultError(
    'state_conflict',
    `${command} ${failure}. The backups are available; run the statements in HANA by hand. ${errors.trim()}`.trim(),
    { reason: 'recover_command_failed' },
  );
}
