import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CrossvaultError } from '@/lib/errors';
import { backintRoutes } from './backint-routes';
import { backupRoutes } from './backup-routes';
import { clientRoutes } from './client-routes';
import { diskRoutes } from './disk-routes';
import { downloadRoutes } from './download-routes';
import type { GatewayEnvironment } from './environment';
import { discardBody } from './http';
import { internalRoutes } from './internal-routes';
import { moverRoutes } from './mover-routes';
import { operationsRoutes } from './operations-routes';
import { restoreRoutes } from './restore-routes';
import { createRouter } from './router';
import { sendError } from './send-error';
import type { TlsCertificate } from './tls-certificate';

export interface Gateway {
  readonly port: number;
  /** Takes no new requests, lets those under way finish for up to `graceMs`, then ends them. */
  close(graceMs: number): Promise<void>;
}

/** What hosts and browsers may ask for. */
export const outerRoutes = [
  ...clientRoutes,
  ...backupRoutes,
  ...backintRoutes,
  ...restoreRoutes,
  ...downloadRoutes,
];

const findRoute = createRouter([
  ...outerRoutes,
  ...internalRoutes,
  ...diskRoutes,
  ...moverRoutes,
  ...operationsRoutes,
]);

/** Longest time that a request's head may take, a whole request may take, and either side may be silent. */
const headMs = 15_000;
const requestMs = 30 * 60_000;
const silenceMs = 120_000;
const maxConnections = 2000;

/** Serves the client protocol, the web server's questions and downloads over TLS. @param port 0 takes a free one. */
export async function startGateway(
  env: GatewayEnvironment,
  certificate: TlsCertificate,
  address: { host: string; port: number },
): Promise<Gateway> {
  const running = new Set<Promise<void>>();
  const server = createServer(
    { cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2', requestTimeout: requestMs },
    (request, response) => {
      const answer = handle(env, request, response);
      running.add(answer);
      void answer.finally(() => running.delete(answer));
    },
  );
  server.headersTimeout = headMs;
  server.keepAliveTimeout = 65_000;
  server.maxConnections = maxConnections;
  server.setTimeout(silenceMs);
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs) => closeServer(server, running, graceMs),
  };
}

async function handle(
  env: GatewayEnvironment,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAt = performance.now();
  const path = (request.url ?? '/').split('?')[0]!;
  const found = findRoute(request.method ?? '', path);
  const route = found?.route.path ?? 'none';
  const log = env.log.child({ route });
  response.on('error', () => {});
  try {
    if (!found) throw new CrossvaultError('not_found', 'There is nothing here.');
    await found.route.handle({ env, request, response, params: found.params, log });
  } catch (error) {
    // The other side went away: there is nobody to answer, and nothing of ours failed.
    if (request.destroyed && !request.complete) response.destroy();
    else {
      await discardBody(request);
      sendError(response, error, log);
    }
  } finally {
    env.metrics.requests.inc({ route, status: String(response.statusCode) });
    env.metrics.seconds.observe({ route }, (performance.now() - startedAt) / 1000);
    log.debug({ status: response.statusCode, path: route }, 'request');
  }
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closeServer(server: Server, running: Set<Promise<void>>, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), graceMs);
  await Promise.allSettled(running);
  server.closeIdleConnections();
  await closed;
  clearTimeout(patience);
}
