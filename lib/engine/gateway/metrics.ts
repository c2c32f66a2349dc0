import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** One registry a process; `register.metrics()` is the body of `/metrics`. */
export interface GatewayMetrics {
  register: Registry;
  requests: Counter<'route' | 'status'>;
  seconds: Histogram<'route'>;
  /** Plaintext bytes of chunks that clients sent (`in`) and were sent (`out`). */
  chunkBytes: Counter<'direction'>;
  waitingClients: Gauge;
  /** 1 while the database's clock is not believed and nothing expires. */
  clockHeld: Gauge;
}

export function createMetrics(openSessions: { backups(): number; restores(): number }): GatewayMetrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: 'crossvault_engine_' });
  const registers = [register];
  new Gauge({
    name: 'crossvault_gateway_sessions',
    help: 'Backups and restores that this engine serves.',
    labelNames: ['kind'],
    registers,
    collect() {
      this.set({ kind: 'backup' }, openSessions.backups());
      this.set({ kind: 'restore' }, openSessions.restores());
    },
  });
  return {
    register,
    clockHeld: new Gauge({
      name: 'crossvault_clock_held',
      help: '1 while the clock is ahead of the time that has passed, so that nothing expires.',
      registers,
    }),
    requests: new Counter({
      name: 'crossvault_gateway_requests_total',
      help: 'Requests answered.',
      labelNames: ['route', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'crossvault_gateway_request_seconds',
      help: 'Time from request to end of answer.',
      labelNames: ['route'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120],
      registers,
    }),
    chunkBytes: new Counter({
      name: 'crossvault_gateway_chunk_bytes_total',
      help: 'Bytes of chunks before compression, to and from clients.',
      labelNames: ['direction'],
      registers,
    }),
    waitingClients: new Gauge({
      name: 'crossvault_gateway_waiting_clients',
      help: 'Clients whose heartbeat waits for a job.',
      registers,
    }),
  };
}
