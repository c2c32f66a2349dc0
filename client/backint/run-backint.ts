import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Logger, pino } from 'pino';
import { JobOffer } from '@/lib/engine/wire';
import { BackintRestore, HiddenObjects, InquiredObjects } from '@/lib/engine/wire-backint';
import { CrossvaultError } from '@/lib/errors';
import { ClientFolder, locateConfig } from '../config';
import { type JobContext, type JobResult, RunningJob } from '../jobs/run-job';
import { connectEnrolled } from '../net/connect';
import type { Gateway } from '../net/gateway';
import { retrying } from '../net/retry';
import { listHeld, ProcessMark } from '../process-mark';
import { Answers } from './answers';
import { backUpObjects } from './back-up-objects';
import type { BackintOptions } from './options';
import { type Parameters, readParameters } from './parameters';
import { type Input, parseInput, type Request } from './requests';
import { restoreObjects } from './restore-objects';

/** How long a call waits for a gateway that is away: HANA itself waits for its agent. */
const patienceMs = 15 * 60_000;

/** Every request was answered, but some of the answers say that it failed. */
export const someFailedExitCode = 1;
/** The call could not be carried out at all. */
export const notRunExitCode = 2;

/**
 * One call of the Backint agent. Whatever happens after the input was understood, each of its lines gets an answer in the
 * output file. @returns the exit code. @throws only what keeps the answers themselves from being written.
 */
export async function runBackint(options: BackintOptions, complain: (text: string) => void): Promise<number> {
  const answers = new Answers(options.output);
  let input: Input = { version: null, requests: [] };
  try {
    input = parseInput(options.fn, await readInput(options.input));
  } catch (error) {
    complain((error as Error).message);
    answers.begin(null);
    answers.end();
    return notRunExitCode;
  }
  answers.begin(input.version);
  const open = new Set(input.requests);
  try {
    await withCall(options, (call) => functions[options.fn](call, input.requests, answers, open));
    return answers.failed > 0 ? someFailedExitCode : 0;
  } catch (error) {
    complain((error as Error).message);
    for (const request of open) answers.error(request.ebid?.raw, request.name?.raw);
    return notRunExitCode;
  } finally {
    answers.end();
  }
}

interface Call {
  options: BackintOptions;
  parameters: Parameters;
  folder: ClientFolder;
  gateway: Gateway;
  log: Logger;
  /** Repeats while the gateway is away. */
  ask<T>(request: () => Promise<T>): Promise<T>;
  /** Runs a job that the gateway has begun for this call. @throws what it failed with. */
  runJob(offer: JobOffer, perform: (context: JobContext) => Promise<JobResult>): Promise<void>;
}

/** @param open those that have no answer yet; what is answered is taken out. */
type Act = (call: Call, requests: Request[], answers: Answers, open: Set<Request>) => Promise<void>;

const functions: Record<BackintOptions['fn'], Act> = { backup, restore, inquire, delete: hide };

async function backup(call: Call, requests: Request[], answers: Answers, open: Set<Request>): Promise<void> {
  const { options, parameters, folder, gateway } = call;
  if (requests.length === 0) return;
  const body = {
    instance: parameters.instance,
    vault: parameters.vault ?? null,
    call: {
      callId: randomUUID(),
      user: options.user,
      level: options.level,
      backupId: options.backupId,
      objectCount: options.objectCount,
    },
    paths: requests.map(({ name }) => name!.value),
    runningJobs: await listHeld(folder.file('running')),
  };
  const offer = await call.ask(() => gateway.postJson('/v1/backint/backup', body, JobOffer));
  const objects = requests.map(({ name, kind }) => ({
    path: name!.value,
    kind: kind === 'file' ? ('file' as const) : ('pipe' as const),
  }));
  await call.runJob(offer, (context) =>
    backUpObjects(context, objects, ioOptions(parameters), (outcomes) => {
      for (const [i, outcome] of outcomes.entries()) {
        const request = requests[i]!;
        if ('error' in outcome) answers.error(request.name!.raw);
        else answers.saved(outcome.ebid, request.name!.raw, outcome.bytes);
        open.delete(request);
      }
    }),
  );
}

async function restore(call: Call, requests: Request[], answers: Answers, open: Set<Request>): Promise<void> {
  const { options, parameters, folder, gateway } = call;
  if (requests.length === 0) return;
  const body = {
    instance: parameters.instance,
    user: options.user,
    queries: requests.map(({ ebid, name }) => ({ ebid: ebid?.value ?? null, path: name!.value })),
    runningJobs: await listHeld(folder.file('running')),
  };
  const begun = await call.ask(() => gateway.postJson('/v1/backint/restore', body, BackintRestore));
  const found = requests.map((request, i) => ({ request, object: begun.answers[i] ?? null }));
  for (const { request, object } of found) {
    if (object) continue;
    answers.notFound(request.ebid?.raw, request.name!.raw);
    open.delete(request);
  }
  const jobs = begun.offers.map((offer) => {
    const objects = found.flatMap(({ request, object }) =>
      object?.jobId === offer.jobId
        ? [
            {
              path: object.path,
              bytes: object.bytes,
              destination: (request.destination ?? request.name!).value,
              tell: (error: Error | null) => {
                if (error) answers.error(request.name!.raw);
                else answers.restored(object.ebid, request.name!.raw);
                open.delete(request);
              },
            },
          ]
        : [],
    );
    return call.runJob(offer, (context) => restoreObjects(context, objects, ioOptions(parameters)));
  });
  const ended = await Promise.allSettled(jobs);
  for (const end of ended) if (end.status === 'rejected' && open.size > 0) throw end.reason;
}

async function inquire(call: Call, requests: Request[], answers: Answers, open: Set<Request>): Promise<void> {
  const { options, parameters, gateway } = call;
  if (requests.length === 0) return;
  const queries = requests.map(({ ebid, name }) => ({
    ebid: ebid?.value ?? null,
    path: name?.value ?? null,
  }));
  const body = { instance: parameters.instance, user: options.user, queries };
  const { answers: found } = await call.ask(() =>
    gateway.postJson('/v1/backint/inquire', body, InquiredObjects),
  );
  for (const [i, request] of requests.entries()) {
    const objects = found[i] ?? [];
    if (objects.length === 0) answers.notFound(request.ebid?.raw, request.name?.raw);
    for (const object of objects) answers.backup(object, request.name?.raw ?? null);
    open.delete(request);
  }
}

async function hide(call: Call, requests: Request[], answers: Answers, open: Set<Request>): Promise<void> {
  const { options, parameters, gateway } = call;
  if (requests.length === 0) return;
  const objects = requests.map(({ ebid, name }) => ({ ebid: ebid!.value, path: name!.value }));
  const body = { instance: parameters.instance, user: options.user, objects };
  const { isHidden } = await call.ask(() => gateway.postJson('/v1/backint/hide', body, HiddenObjects));
  for (const [i, request] of requests.entries()) {
    if (isHidden[i]) answers.deleted(request.ebid!.raw, request.name!.raw);
    else answers.notFound(request.ebid!.raw, request.name!.raw);
    open.delete(request);
  }
}

const ioOptions = ({ parallel, pipe_timeout_seconds }: Parameters) => ({
  parallel,
  pipeTimeoutMs: pipe_timeout_seconds * 1000,
});

async function withCall(options: BackintOptions, act: (call: Call) => Promise<void>): Promise<void> {
  const parameters = await readParameters(options.parameterFile);
  const folder = new ClientFolder(locateConfig(parameters.client_dir));
  const gateway = await connectEnrolled(folder);
  const level = process.env.CROSSVAULT_DEBUG ? 'debug' : 'warn';
  const log = pino({ level }, pino.destination(2));
  try {
    await act({
      options,
      parameters,
      folder,
      gateway,
      log,
      ask: (request) => retrying({ giveUpAfterMs: patienceMs }, request),
      runJob: (offer, perform) => runJob({ gateway, folder, log, offer, perform, patienceMs }),
    });
  } finally {
    gateway.close();
  }
}

async function runJob(options: ConstructorParameters<typeof RunningJob>[0]): Promise<void> {
  // Tells the daemon on this host that the job is in hands.
  const mark = await ProcessMark.take(options.folder.file('running', options.offer.jobId));
  const job = new RunningJob(options);
  const cancel = () => job.cancel();
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  try {
    const { outcome, error } = await job.ended;
    if (outcome === 'failed') throw error;
    if (outcome === 'cancelled' || outcome === 'interrupted')
      throw new CrossvaultError('state_conflict', 'The job was cancelled. Earlier backups are untouched.');
  } finally {
    process.removeListener('SIGINT', cancel).removeListener('SIGTERM', cancel);
    await mark?.release();
  }
}

async function readInput(path: string | null): Promise<string> {
  if (path === null) return text(process.stdin);
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CrossvaultError('invalid_input', `The input file ${path} cannot be read (${cause.code}).`, {
      cause,
    });
  });
}
