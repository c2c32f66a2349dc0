import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { ClientFolder } from '../config';
import { Gateway } from '../net/gateway';
import { ReportBuilder } from './job-report';
import { RunningJob } from './run-job';

test('a process that ends does not wait for a gateway that is away to tell it that its job is over', async () => {
  // Accepts connections and hangs up.
  let calls = 0;
  const away = createServer((socket) => {
    calls++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(away, 'listening');
  const { port } = away.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'crossvault-job-'));
  const work = { kind: 'backup', source: null } as never;
  const offer = { jobId: 'job-1', attempt: 1, work } as ConstructorParameters<typeof RunningJob>[0]['offer'];
  const job = new RunningJob({
    gateway: new Gateway({
      server: `https://127.0.0.1:${port}`,
      pin: `sha256:${'0'.repeat(64)}`,
      credential: 'x',
    }),
    folder: new ClientFolder(folder),
    log: pino({ level: 'silent' }),
    offer,
    perform: async () => ({ outcome: 'complete', report: new ReportBuilder().build(), summary: {} }),
  });
  // Two reports of progress, and the end told in vain.
  await vi.waitFor(() => expect(calls).toBeGreaterThan(3), { timeout: 10_000 });
  const asked = performance.now();
  job.interrupt();
  expect((await job.ended).outcome).toBe('complete');
  expect(performance.now() - asked).toBeLessThan(5000);
  away.close();
  await rm(folder, { recursive: true });
});
