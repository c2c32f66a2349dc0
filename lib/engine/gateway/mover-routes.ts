import { sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import type { ClientIdentity } from '@/lib/clients';
import { CrossvaultError } from '@/lib/errors';
import { finishJob, maxRunningPerRegion, offerJobs, reofferSeconds } from '@/lib/jobs';
import { answerQuestion, findSourceSecret, openSecret, takeQuestions } from '@/lib/sources';
import type { OfferedSource } from '../wire';
import { MoverHeartbeat, type MoverWork, verifyMoverToken } from '../wire-mover';
import { requireProtocol } from './authenticate';
import { waitForBell } from './client-routes';
import type { Exchange, GatewayEnvironment, Route } from './environment';
import { readBearer, readJson, sendJson } from './http';
import { anyRegion } from './job-bell';
import { findPlace } from './source-places';

/** The running jobs of a mover that has much to do. */
const maxHeartbeatBytes = 4 * 1024 * 1024;
const clientsAtOnce = 100;

/** For the engine's own mover; see `lib/engine/wire-mover.ts`. */
export const moverRoutes: Route[] = [
  { method: 'POST', path: '/internal/mover/heartbeat', handle: heartbeat },
];

async function heartbeat(exchange: Exchange): Promise<void> {
  const { env, request, response } = exchange;
  requireProtocol(request.headers['x-crossvault-protocol']);
  verifyMoverToken(env.internalSecret, readBearer(request), env.clock.now());
  const body = await readJson(request, MoverHeartbeat, maxHeartbeatBytes);
  await env.db.execute(sql`select note_mover(${env.clock.now().toISOString()}, ${body.version})`);
  let work = await findWork(env, body);
  const isIdle = [work.jobs, work.cancelledJobs, work.questions].every(({ length }) => length === 0);
  if (isIdle && body.waitSeconds > 0) {
    await waitForBell(exchange, anyRegion, body.waitSeconds);
    // What is claimed for a mover that has gone would be lost for a while.
    if (response.destroyed) return;
    work = await findWork(env, body);
  }
  sendJson(response, work);
}

async function findWork(env: GatewayEnvironment, body: MoverHeartbeat): Promise<MoverWork> {
  const work: MoverWork = { jobs: [], cancelledJobs: [], questions: [] };
  for (const { jobIds, ...client } of body.running) {
    const { cancelledJobs } = await offerJobs(env, client, jobIds, { atMost: 0 });
    work.cancelledJobs.push(...cancelledJobs);
  }
  const known = new Map(body.running.map(({ clientId, jobIds }) => [clientId, [...jobIds]]));
  let isFirst = true;
  for (let found = true; found; isFirst = false) {
    found = false;
    for (const client of await listDueClients(env)) {
      if (isFirst) work.questions.push(...(await findQuestions(env, client)));
      if (work.jobs.length >= body.freeSlots) continue;
      // One at a time, so that the next one goes to whoever then runs least.
      const offered = await offerOne(env, client, known);
      work.jobs.push(...offered);
      found ||= offered.length > 0;
    }
    found &&= work.jobs.length < body.freeSlots;
  }
  return work;
}

/** The accounts' clients that have something to do, those that run least first. */
async function listDueClients(env: GatewayEnvironment): Promise<ClientIdentity[]> {
  const seenBefore = new Date(env.clock.now().getTime() - reofferSeconds * 1000);
  const rows = await env.db.execute<{ account_id: string; client_id: string }>(
    sql`select account_id, client_id from due_region_clients(${seenBefore.toISOString()}, ${clientsAtOnce})`,
  );
  return rows.map(({ account_id, client_id }) => ({ accountId: account_id, clientId: client_id }));
}

async function offerOne(
  env: GatewayEnvironment,
  client: ClientIdentity,
  known: Map<string, string[]>,
): Promise<MoverWork['jobs']> {
  const jobIds = known.get(client.clientId) ?? [];
  known.set(client.clientId, jobIds);
  const { offers } = await offerJobs(env, client, jobIds, { atMost: 1, maxRunning: maxRunningPerRegion });
  const [offer] = offers;
  if (!offer) return [];
  jobIds.push(offer.jobId);
  try {
    const source = offer.work.source && (await withSecret(env, client, offer.work.source));
    return [{ ...client, offer: { ...offer, work: { ...offer.work, source } } }];
  } catch (error) {
    const { jobId, attempt } = offer;
    const end = { attempt, outcome: 'failed', error: explain(env, error), report: null } as const;
    await finishJob(env, client, jobId, end);
    return [];
  }
}

async function findQuestions(
  env: GatewayEnvironment,
  client: ClientIdentity,
): Promise<MoverWork['questions']> {
  const found: MoverWork['questions'] = [];
  for (const { sealed, ...question } of await takeQuestions(env, client)) {
    try {
      const { accountId } = client;
      const kept = question.source && (await withSecret(env, client, question.source));
      // The secret that is being entered stands in for the one that is kept.
      const given = sealed && openSecret(env.serviceKey, { accountId, id: question.id }, sealed);
      const source = kept && given ? { ...kept, secret: given } : kept;
      found.push({ ...client, question: { ...question, source } });
    } catch (error) {
      await answerQuestion(env, client, question.id, { error: explain(env, error) });
    }
  }
  return found;
}

/** The one place where a secret is opened: on its way to the mover, and never into a row or a log. */
function withSecret(
  env: GatewayEnvironment,
  { accountId }: ClientIdentity,
  source: OfferedSource,
): Promise<OfferedSource> {
  const { id, config } = source;
  return inAccount(env.db, accountId, async (tx) => ({
    ...source,
    secret: id === null ? null : await findSourceSecret(tx, env.serviceKey, { accountId, id }),
    place: await findPlace(tx, accountId, config),
  }));
}

/** One source that cannot be opened ends its own work and nobody else's. */
function explain(env: GatewayEnvironment, error: unknown): { code: string; message: string } {
  if (error instanceof CrossvaultError) return { code: error.code, message: error.message };
  env.log.error({ err: error }, 'a data source could not be prepared');
  return { code: 'internal', message: 'The engine could not prepare this data source. See its log.' };
}
