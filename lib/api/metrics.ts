import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Health } from './health';

interface Metrics {
  registry: Registry;
  requests: Counter<'method' | 'route' | 'status'>;
  seconds: Histogram<'method' | 'route'>;
  up: Gauge;
  dueTickers: Gauge;
  oldestDueSeconds: Gauge;
}

// On globalThis: the bundler may load this module once for each kind of route, and the numbers must be one set.
const held = globalThis as { crossvaultMetrics?: Metrics };

export function metrics(): Metrics {
  held.crossvaultMetrics ??= createMetrics();
  return held.crossvaultMetrics;
}

function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Counter({
      name: 'crossvault_api_requests_total',
      help: 'Requests to /api/v1 by route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'crossvault_api_request_seconds',
      help: 'Time from a request to the head of its answer.',
      labelNames: ['method', 'route'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    up: new Gauge({ name: 'crossvault_database_up', help: '1 while the database answers.', registers }),
    dueTickers: new Gauge({
      name: 'crossvault_due_tickers',
      help: 'Accounts whose ticker is due.',
      registers,
    }),
    oldestDueSeconds: new Gauge({
      name: 'crossvault_oldest_due_ticker_seconds',
      help: 'How long the ticker that is due longest has waited for an engine.',
      registers,
    }),
  };
}

export function recordHealth({ database, engine }: Health): void {
  const { up, dueTickers, oldestDueSeconds } = metrics();
  up.set(database.reachable ? 1 : 0);
  dueTickers.set(engine.dueTickers);
  oldestDueSeconds.set(engine.oldestDueSeconds);
}

/** Counts one answered request. `route` is the pattern, never the address: addresses are without number. */
export function recordRequest(method: string, route: string, status: number, startedAt: number): void {
  const { requests, seconds } = metrics();
  requests.inc({ method, route, status });
  seconds.observe({ method, route }, (performance.now() - startedAt) / 1000);
}
