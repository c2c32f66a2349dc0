import { inAccount } from '@/db/client';
import { recordHeartbeat, redeemEnrolmentToken } from '@/lib/clients';
import { finishJob, listBackupVaults, offerJobs, recordProgress, startJobFromClient } from '@/lib/jobs';
import { answerQuestion, takeQuestions } from '@/lib/sources';
import { releasePinsOf } from '../index/pins';
import {
  AnswerRequest,
  EnrolRequest,
  FinishRequest,
  HeartbeatRequest,
  ProgressRequest,
  StartJobRequest,
} from '../wire';
import { authenticate, type Caller } from './authenticate';
import type { Exchange, Route } from './environment';
import { readJson, sendJson } from './http';
import { anyRegion } from './job-bell';

/** A report lists up to a thousand paths of 4 KiB, escaped. */
const maxReportBytes = 16 * 1024 * 1024;
/** A thousand entries. */
const maxAnswerBytes = 8 * 1024 * 1024;

export const clientRoutes: Route[] = [
  { method: 'POST', path: '/v1/enrol', handle: enrol },
  { method: 'POST', path: '/v1/heartbeat', handle: heartbeat },
  { method: 'GET', path: '/v1/vaults', handle: vaults },
  { method: 'POST', path: '/v1/jobs', handle: startJob },
  { method: 'POST', path: '/v1/jobs/:id/progress', handle: progress },
  { method: 'POST', path: '/v1/jobs/:id/finish', handle: finish },
  { method: 'POST', path: '/v1/questions/:id/answer', handle: answer },
];

async function enrol({ env, request, response, log }: Exchange): Promise<void> {
  const answer = await redeemEnrolmentToken(env, await readJson(request, EnrolRequest));
  log.info({ accountId: answer.accountId, clientId: answer.clientId }, 'client enrolled');
  sendJson(response, answer);
}

async function heartbeat(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  const caller = await authenticate(exchange);
  const body = await readJson(request, HeartbeatRequest);
  await recordHeartbeat(env, caller, body);
  let work = await findWork(exchange, caller, body.runningJobs);
  const isIdle = [work.jobs, work.cancelledJobs, work.questions].every(({ length }) => length === 0);
  if (isIdle && body.waitSeconds > 0) {
    await waitForBell(exchange, caller.clientId, body.waitSeconds);
    // A client that has gone would never hear of what is claimed for it here.
    if (response.destroyed) return;
    work = await findWork(exchange, caller, body.runningJobs);
  }
  sendJson(response, work);
}

async function findWork({ env }: Exchange, caller: Caller, runningJobs: string[]) {
  const { offers, cancelledJobs } = await offerJobs(env, caller, runningJobs);
  const questions = await takeQuestions(env, caller);
  return { jobs: offers, cancelledJobs, questions: questions.map(({ sealed: _, ...question }) => question) };
}

async function answer(exchange: Exchange): Promise<void> {
  const { env, request, response, params } = exchange;
  const caller = await authenticate(exchange);
  await answerQuestion(env, caller, params.id!, await readJson(request, AnswerRequest, maxAnswerBytes));
  sendJson(response, {});
}

/** Held back until there may be something for the client, or the time is over, or the other side has gone. */
export async function waitForBell(
  { env, response }: Exchange,
  clientId: string,
  seconds: number,
): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  env.metrics.waitingClients.inc();
  try {
    await env.bell.wait(clientId, seconds * 1000, gone.signal);
  } finally {
    env.metrics.waitingClients.dec();
    response.off('close', leave);
  }
}

async function vaults(exchange: Exchange): Promise<void> {
  sendJson(exchange.response, await listBackupVaults(exchange.env, await authenticate(exchange)));
}

async function startJob(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const body = await readJson(exchange.request, StartJobRequest);
  sendJson(exchange.response, await startJobFromClient(exchange.env, caller, body));
}

async function progress(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const body = await readJson(exchange.request, ProgressRequest);
  sendJson(exchange.response, await recordProgress(exchange.env, caller, exchange.params.id!, body));
}

async function finish(exchange: Exchange): Promise<void> {
  const { env, request, response, params } = exchange;
  const caller = await authenticate(exchange);
  const body = await readJson(request, FinishRequest, maxReportBytes);
  const jobId = params.id!;
  await finishJob(env, caller, jobId, body);
  await env.backups.end(jobId);
  env.restores.end(jobId);
  await inAccount(env.db, caller.accountId, async (tx) => {
    await releasePinsOf(tx, 'backup', jobId);
    await releasePinsOf(tx, 'restore', jobId);
  });
  // Its mover has room for another one.
  if (caller.client.placement === 'region') env.bell.ringHere(anyRegion);
  sendJson(response, {});
}
