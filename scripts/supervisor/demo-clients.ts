import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '@/lib/env';
import { Child } from './child';
import { logEnd, untilLogged } from './readiness';

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
    .map((name) => {
      const logFile = join(env.dataFolder, 'logs', `client-${name}.log`);
      const from = logEnd(logFile);
      return new Child({
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
        logFile,
        untilReady: (signal) => untilLogged(logFile, from, signal, 'the client daemon is running'),
        graceMs: 10_000,
        onRestart,
      });
    });
}
