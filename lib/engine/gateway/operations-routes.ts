import { sql } from 'drizzle-orm';
import { CrossvaultError } from '@/lib/errors';
import type { Exchange, Route } from './environment';
import { sendJson } from './http';

export const operationsRoutes: Route[] = [
  { method: 'GET', path: '/healthz', handle: health },
  { method: 'GET', path: '/metrics', handle: metrics },
];

async function health({ env, response, log }: Exchange): Promise<void> {
  try {
    await env.db.execute(sql`select 1`);
    sendJson(response, { status: 'ok' });
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer');
    sendJson(response, { status: 'no database' }, 503);
  }
}

/** For a collector on the same machine; the figures are nobody else's business. */
async function metrics({ env, request, response }: Exchange): Promise<void> {
  if (!/^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')) {
    throw new CrossvaultError('not_found', 'There is nothing here.');
  }
  const { register, clockHeld } = env.metrics;
  const [guard] = await env.db.execute<{ is_held: boolean }>(
    sql`select held_since is not null as is_held from clock_guard`,
  );
  clockHeld.set(guard?.is_held ? 1 : 0);
  response.writeHead(200, { 'content-type': register.contentType });
  response.end(await register.metrics());
}
