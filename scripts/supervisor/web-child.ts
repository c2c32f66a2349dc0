import { join } from 'node:path';
import type { Env } from '@/lib/env';
import { Child } from './child';
import { untilAnswered } from './readiness';
import type { Secrets } from './secrets';

export interface ChildInit {
  /** The checkout. */
  root: string;
  env: Env;
  isDevelopment: boolean;
  onRestart(why: string): void;
  onReady?(pid: number): void;
}

const webGraceMs = 10_000;

/** The console's web server, as it runs in an installation. */
export function webChild(
  init: ChildInit & { webUrl: string; databaseUrl: string; secrets: Pick<Secrets, 'nextAuthSecret'> },
): Child {
  const { root, env, isDevelopment, webUrl } = init;
  const next = join(root, 'node_modules/next/dist/bin/next');
  return new Child({
    name: 'The console',
    command: [
      ...[process.execPath, '--import', join(root, 'scripts/exit-with-parent.mjs'), next],
      ...[isDevelopment ? 'dev' : 'start', '--hostname', env.host, '--port', String(env.webPort)],
    ],
    cwd: root,
    env: {
      ...commonEnv(env, isDevelopment),
      DATABASE_URL: init.databaseUrl,
      NEXTAUTH_URL: webUrl,
      NEXTAUTH_SECRET: process.env.NEXTAUTH_SECRET ?? init.secrets.nextAuthSecret,
      NEXT_TELEMETRY_DISABLED: '1',
    },
    logFile: join(env.dataFolder, 'logs', 'web.log'),
    untilReady: (signal) => untilAnswered(`http://${env.host}:${env.webPort}/healthz`, signal),
    graceMs: webGraceMs,
    onRestart: init.onRestart,
    onReady: init.onReady,
  });
}

export function commonEnv(env: Env, isDevelopment: boolean): Record<string, string> {
  return {
    NODE_ENV: isDevelopment ? 'development' : 'production',
    CROSSVAULT_DATA_DIR: env.dataFolder,
    GATEWAY_URL: env.gatewayUrl,
    ENGINE_URL: env.engineUrl,
  };
}
