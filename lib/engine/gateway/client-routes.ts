import { inAccount } from '@/db/client';
import { recordHeartbeat, redeemEnrolmentToken } from '@/lib/clients';
import { finishJob, listBackupVaults, offerJobs, recordProgress, startJobFromClient } from '@/lib/jobs';
import { releasePinsOf } from '../index/pins';
import { EnrolRequest, FinishRequest, HeartbeatRequest, ProgressRequest, StartJobRequest } from '../wire';
import { authenticate, type Caller } from './authenticate';
import type { Exchange, Route } from './environment';
import { readJson, sendJson } from './http';

/** A report lists up to a thousand paths of 4 KiB, escaped. */
const maxReportBytes = 16 * 1024 * 1024;

export const clientRoutes: Route[] = [
  { method: 'POST', path: '/v1/enrol', handle: enrol },
  { method: 'POST', path: '/v1/heartbeat', handle: heartbeat },
  { method: 'GET', path: '/v1/vaults', handle: vaults },
  { method: 'POST', path: '/v1/jobs', handle: startJob },
  { method: 'POST', path: '/v1/jobs/:id/progress', handle: progress },
  { method: 'POST', path: '/v1/jobs/:id/finish', handle: finish },
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
  let offered = await offerJobs(env, caller, body.runningJobs);
  const isIdle = offered.offers.length === 0 && offered.cancelledJobs.length === 0;
  if (isIdle && body.waitSeconds > 0) {
    await waitForBell(exchange, caller, body.waitSeconds);
    // A client that has gone would never hear of what is claimed for it here.
    if (response.destroyed) return;
    offered = await offerJobs(env, caller, body.runningJobs);
  }
  sendJson(response, { jobs: offered.offers, cancelledJobs: offered.cancelledJobs });
}

async function waitForBell({ env, response }: Exchange, caller: Caller, seconds: number): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  env.metrics.waitingClients.inc();
  try {
    await env.bell.wait(caller.clientId, seconds * 1000, gone.signal);
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
  sendJson(response, {});
}
