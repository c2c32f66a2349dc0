import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './installation';

const run = promisify(execFile);
const program = join(root, 'dist/crossvault.js');

/** A machine with the backup client: its own folder for data and its own client folder. */
export class Host {
  readonly folder = mkdtempSync(join(tmpdir(), 'crossvault-host-'));
  readonly data = join(this.folder, 'data');
  #daemon: ChildProcess | null = null;

  constructor() {
    mkdirSync(this.data);
  }

  /** Runs the `crossvault` command as a person on this machine would. Returns its standard output. */
  async crossvault(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [program, ...args], {
      env: this.#env(),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** The daemon ends with this process, however that goes. */
  startDaemon(): void {
    this.#daemon = spawn(
      process.execPath,
      ['--import', join(root, 'scripts/exit-with-parent.mjs'), program, 'daemon'],
      { env: this.#env(), stdio: ['pipe', 'ignore', 'ignore'] },
    );
  }

  get daemonPid(): number {
    const pid = this.#daemon?.pid;
    if (pid === undefined) throw new Error('The daemon does not run');
    return pid;
  }

  async dispose(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon && daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #env() {
    return { ...process.env, CROSSVAULT_CLIENT_DIR: join(this.folder, 'client') };
  }
}
