import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { EngineSettings } from '../settings';
import type { Engine } from '../start-engine';

export interface MoverProcess {
  /** Lets its jobs come to a safe point; a mover that takes too long is killed, and the jobs are offered again. */
  stop(): Promise<void>;
}

const longestPauseMs = 30_000;
/** A mover that ran this long was well. */
const wellMs = 60_000;
const graceMs = 15_000;

/** A file system in a region is read many files at once; each of them waits in a thread. */
const threadsForFiles = '16';

/** Runs the mover of this engine as a process of its own, and starts it again when it ends. */
export function startMover(
  settings: EngineSettings,
  engine: Pick<Engine, 'port' | 'fingerprint'>,
  log: Logger,
): MoverProcess {
  let child: ChildProcess | null = null;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  const launch = () => {
    const startedAt = performance.now();
    const started = spawn(process.execPath, programOf(process.argv[1] ?? ''), {
      env: { UV_THREADPOOL_SIZE: threadsForFiles, ...environmentOf(settings, engine) },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    child = started;
    started.stdin?.on('error', () => {});
    started.once('error', (error) => log.error({ err: error }, 'the mover could not be started'));
    started.once('exit', (code, signal) => {
      if (isStopping) return;
      failures = performance.now() - startedAt > wellMs ? 0 : failures + 1;
      const pauseMs = Math.min(500 * 2 ** failures, longestPauseMs);
      log.warn({ code, signal, pauseMs }, 'the mover ended; starting it again');
      timer = setTimeout(launch, pauseMs);
    });
  };
  launch();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      // Its standard input tells it; a signal would be lost on one that is just starting.
      child.stdin?.end();
      const patience = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      await gone;
      clearTimeout(patience);
    },
  };
}

/**
 * The programs of the services it speaks to fill the engine's bound by themselves, and each MiB beyond would have the heap
 * marked again: a third of its CPU time. Objects of small requests live a little longer than an engine's.
 */
const moverFlags = ['--initial-old-space-size=192', '--max-semi-space-size=8'];

/** Beside the engine's bundle, or from the sources where the engine itself runs from them. */
function programOf(engine: string): string[] {
  const flags = [...process.execArgv, ...moverFlags];
  if (engine.endsWith('.ts')) {
    return [...flags, join(import.meta.dirname, '../../../client/mover.ts')];
  }
  return [...flags, join(import.meta.dirname, 'mover.js')];
}

/** What it needs and nothing else: no address of the database, no keys. */
function environmentOf(
  settings: EngineSettings,
  { port, fingerprint }: Pick<Engine, 'port' | 'fingerprint'>,
) {
  const ofNode = ['NODE_ENV', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
  const ofMemory = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', ...ofNode, ...ofMemory];
  const given = kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  const isAnyAddress = ['0.0.0.0', '::', ''].includes(settings.host);
  return {
    ...Object.fromEntries(given),
    MOVER_GATEWAY: `https://${isAnyAddress ? '127.0.0.1' : settings.host}:${port}`,
    MOVER_PIN: fingerprint,
    MOVER_FOLDER: join(settings.dataFolder, 'mover'),
    MOVER_JOBS: String(settings.moverJobs),
    INTERNAL_SECRET_FILE: settings.internalSecretFile,
    CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS: String(settings.allowsPrivateSources),
    LOG_LEVEL: settings.logLevel,
  };
}
