import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);
const patienceMs = 15_000;

/** Registered here, for exports are made inside tests, where a suite's hook cannot be added any more. */
const afterSuite: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const finish of afterSuite.splice(0).reverse()) await finish();
});

/** A folder that an NFS server of its own exports, and where the kernel's client has it mounted; until the suite ends. */
export class NfsExport {
  private constructor(
    /** Where it is mounted. */
    readonly path: string,
    /** The folder that the server exports. */
    readonly behind: string,
    private readonly port: number,
  ) {}

  /** As the mount table calls it. */
  readonly source = '127.0.0.1:/export';

  static async make(exported: string): Promise<NfsExport> {
    const folder = await mkdtemp(join(tmpdir(), 'crossvault-nfs-'));
    const [config, log, path] = [join(folder, 'conf'), join(folder, 'log'), join(folder, 'mounted')];
    await mkdir(path);
    const port = await freePort();
    await writeFile(config, configuration(exported, port));
    const args = ['-F', '-f', config, '-L', log, '-p', join(folder, 'pid')];
    const server = spawn('ganesha.nfsd', args, { stdio: 'ignore' });
    const made = new NfsExport(path, exported, port);
    afterSuite.push(async () => {
      await made.unmount().catch(() => {});
      await end(server);
      await rm(folder, { recursive: true, force: true });
    });
    await untilServing(server, log);
    await made.mount();
    return made;
  }

  async mount(): Promise<void> {
    const options = `port=${this.port},vers=4.1,sec=sys,soft`;
    await run('mount', ['-t', 'nfs4', '-o', options, this.source, this.path]);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.path]);
  }
}

/** NFS 4 alone: nothing of it needs a port mapper. */
function configuration(exported: string, port: number): string {
  return `NFS_Core_Param {
  NFS_Protocols = 4; NFS_Port = ${port}; Bind_addr = 127.0.0.1;
  Enable_UDP = false; Enable_NLM = false; Enable_RQUOTA = false;
}
NFS_KRB5 { Active_krb5 = false; }
NFSV4 { Graceless = true; RecoveryBackend = fs; }
EXPORT {
  Export_Id = 1; Path = ${exported}; Pseudo = /export; Protocols = 4; Transports = TCP;
  Access_Type = RW; Squash = No_Root_Squash; SecType = sys;
  FSAL { Name = VFS; }
}
`;
}

async function untilServing(server: ChildProcess, log: string): Promise<void> {
  const until = Date.now() + patienceMs;
  for (let text = ''; Date.now() < until; await sleep(50)) {
    text = await readFile(log, 'utf8').catch(() => '');
    if (text.includes('NFS SERVER INITIALIZED')) return;
    if (server.exitCode !== null) throw new Error(`ganesha.nfsd ended: ${text.slice(-500)}`);
  }
  throw new Error(`ganesha.nfsd was not ready within ${patienceMs / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
