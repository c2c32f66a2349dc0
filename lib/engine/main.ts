import { fstatSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { pino } from 'pino';
import { describeError } from '@/lib/errors';
import { startMover } from './mover/start-mover';
import { readEngineSettings } from './settings';
import { startEngine } from './start-engine';

// The engine process: gateway and ticker. Prints a JSON line with the message "ready" once it serves; ends cleanly on
// SIGTERM, SIGINT, or when its parent closes the pipe on its standard input.

const secrets = ['authorization', 'credential', 'token', 'secret', 'password', 'namingKey'];

async function main(): Promise<void> {
  const settings = readEngineSettings();
  const log = pino({
    name: 'engine',
    level: settings.logLevel,
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError, cause: describeError },
  });
  process.on('uncaughtException', (error) => {
    // Memory is in doubt; all that counts is in the database and in storage, and another start goes on from there.
    log.fatal({ err: error }, 'uncaught error');
    process.exit(1);
  });
  beNice(log);
  const engine = await startEngine(settings, log);
  const mover = settings.hasMover ? startMover(settings, engine, log) : null;
  let isStopping = false;
  const stop = async (why: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'stopping');
    await mover?.stop();
    await engine.stop();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  onParentGone(() => void stop('parent closed the pipe'));
  const { port, fingerprint } = engine;
  log.info({ host: settings.host, port, fingerprint, dataFolder: settings.dataFolder }, 'ready');
}

/** Backups go on in the background of whatever else the machine does. */
function beNice(log: pino.Logger): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.debug({ err: error }, 'the priority stays as it is');
  }
}

/** A child of the supervisor has a pipe as its standard input; a terminal or /dev/null says nothing. */
function onParentGone(leave: () => void): void {
  const input = fstatSync(0);
  if (!input.isFIFO() && !input.isSocket()) return;
  process.stdin.on('end', leave).on('error', leave).resume();
}

main().catch((error: unknown) => {
  process.stderr.write(
    `The engine cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
