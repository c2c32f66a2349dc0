import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Env } from '@/lib/env';
import { Child } from './child';

const settleMs = 300;

/**
 * The daemons of the demo hosts, which stand in for machines of their own: enrolled on the first start, online whenever
 * this installation runs.
 */
export function demoClients({
  root,
  env,
  onRestart,
}: {
  root: string;
  env: Env;
  onRestart(why: string): void;
}): Child[] {
  const folder = join(env.dataFolder, 'demo', 'clients');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map(
      (name) =>
        new Child({
          name: `The client ${name}`,
          command: [
            process.execPath,
            '--import',
            join(root, 'scripts/exit-with-parent.mjs'),
            join(root, 'dist/crossvault.js'),
            'daemon',
          ],
          cwd: join(env.dataFolder, 'demo', 'hosts', name),
          env: { NODE_ENV: 'production', CROSSVAULT_CLIENT_DIR: join(folder, name) },
          logFile: join(env.dataFolder, 'logs', `client-${name}.log`),
          untilReady: (signal) => delay(settleMs, undefined, { signal }).catch(() => {}),
          graceMs: 10_000,
          onRestart,
        }),
    );
}
