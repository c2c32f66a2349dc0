import { InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import type { z } from 'zod';
import { JobOffer, VaultList } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { BackupSpec, StreamSource } from '@/lib/jobs/schemas';
import type { StreamInput } from '../backup/stream-input';
import type { ClientFolder } from '../config';
import { interruptedExitCode } from '../exit-codes';
import { formatBytes, printable } from '../format';
import { type JobEnd, RunningJob } from '../jobs/run-job';
import { connectEnrolled } from '../net/connect';
import type { Gateway } from '../net/gateway';
import { ProcessMark } from '../process-mark';
import { createProgressDisplay } from '../progress-display';

type Wanted = 'local_file' | StreamSource['kind'];

export interface HereOptions {
  vault?: string;
  json?: boolean;
}

/** A backup that runs in this process: chooses the vault, starts the job, shows progress, tells the end. @returns the exit code. */
export async function backUpHere(
  folder: ClientFolder,
  source: Wanted,
  spec: z.input<typeof BackupSpec>,
  options: HereOptions,
  stream?: StreamInput,
): Promise<number> {
  const gateway = await connectEnrolled(folder);
  try {
    const vault = await chooseVault(gateway, source, options.vault);
    const offer = await gateway.postJson('/v1/jobs', { vaultId: vault.id, spec }, JobOffer);
    const end = await runHere(gateway, folder, offer, options, stream);
    return report(end, vault.name, options, stream !== undefined);
  } finally {
    gateway.close();
  }
}

const sourceWords: Record<Wanted, string> = {
  local_file: 'backups of this host',
  database_dump: 'database dumps',
  container_image: 'container images',
};

type Vault = z.infer<typeof VaultList>['vaults'][number];

async function chooseVault(gateway: Gateway, source: Wanted, wanted?: string): Promise<Vault> {
  const all = (await gateway.getJson('/v1/vaults', VaultList)).vaults;
  const vaults = all.filter(({ takes }) => takes.includes(source));
  const names = vaults.map(({ id, name }) => `${printable(name)} (${id})`).join(', ') || 'none';
  const fitting = vaults.filter(({ id, name }) => !wanted || id === wanted || name === wanted);
  if (fitting.length === 1) return fitting[0]!;
  if (wanted && fitting.length === 0)
    throw new CrossvaultError(
      'not_found',
      `No vault "${wanted}" takes ${sourceWords[source]}. There are: ${names}.`,
    );
  if (vaults.length === 0)
    throw new CrossvaultError(
      'not_found',
      `This account has no vault that takes ${sourceWords[source]} yet. Create one in the console.`,
    );
  throw new CrossvaultError('invalid_input', `Choose one vault with --vault and its id: ${names}.`);
}

async function runHere(
  gateway: Gateway,
  folder: ClientFolder,
  offer: JobOffer,
  options: HereOptions,
  stream?: StreamInput,
): Promise<JobEnd> {
  // Tells the daemon on this host that the job is in hands.
  const mark = await ProcessMark.take(folder.file('running', offer.jobId));
  const isTerminal = Boolean(process.stderr.isTTY) && !options.json;
  const display = options.json
    ? createProgressDisplay('json', process.stdout)
    : createProgressDisplay(isTerminal ? 'terminal' : 'lines', process.stderr);
  const log = pino({ level: process.env.CROSSVAULT_DEBUG ? 'debug' : 'silent' }, pino.destination(2));
  const job = new RunningJob({
    gateway,
    folder,
    log,
    offer,
    stream,
    onProgress: (progress) => display.show(progress),
  });
  const cancel = () => {
    process.once('SIGINT', () => process.exit(interruptedExitCode));
    job.cancel();
  };
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  try {
    return await job.ended;
  } finally {
    display.end();
    process.removeListener('SIGINT', cancel).removeListener('SIGTERM', cancel);
    await mark?.release();
  }
}

/** @returns the exit code. @throws what the backup failed with. */
function report(
  { outcome, result, error }: JobEnd,
  vaultName: string,
  options: HereOptions,
  isStream: boolean,
): number {
  if (outcome === 'failed') throw error;
  if (options.json)
    process.stdout.write(
      `${JSON.stringify({ type: 'result', outcome, ...result?.summary, report: result?.report ?? null })}\n`,
    );
  if (outcome === 'cancelled') {
    process.stderr.write('crossvault: Cancelled. No backup point was made; earlier ones are untouched.\n');
    return interruptedExitCode;
  }
  if (outcome === 'interrupted' || !result)
    throw new CrossvaultError(
      'state_conflict',
      'Another process of this client took the job over. Follow it in the console.',
    );
  const { files, folders, unchangedFiles, skipped, skippedCount } = result.report;
  const size = (key: string) => formatBytes(Number(result.summary[key]));
  const contents = isStream
    ? size('sourceBytes')
    : `${files} files (${unchangedFiles} unchanged), ${folders} folders, ${size('sourceBytes')}`;
  if (!options.json)
    process.stdout.write(
      `Backup point ${result.summary.pointId} in ${printable(vaultName)}: ${contents}; ` +
        `read ${size('readBytes')}, sent ${size('sentBytes')}, added ${size('addedBytes')} to the vault.\n`,
    );
  if (skippedCount === 0) return 0;
  process.stderr.write(
    `crossvault: ${skippedCount} entries were left out or changed meanwhile; the rest is safe:\n`,
  );
  for (const { path, reason } of skipped.slice(0, 20)) process.stderr.write(`  ${path}: ${reason}\n`);
  if (skippedCount > 20) process.stderr.write(`  … and ${skippedCount - 20} more; the console lists them.\n`);
  return partialExitCode;
}

/** The point exists but something is missing in it: not 0, so that scripts notice. */
const partialExitCode = 11;

export function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1)
    throw new InvalidArgumentError('It is a whole number of days, from 1.');
  return days;
}
