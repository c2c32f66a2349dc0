import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { registerSource } from '@/lib/sources';
import type { Side } from '../crossvault/accounts';
import type { Installation } from '../crossvault/installation';
import { runCommand } from '../measure';

/** The database's side of Backint: pipes, input files and the agent as it is installed. */
export class HanaSide {
  #calls = 0;

  private constructor(
    readonly folder: string,
    private readonly agent: string,
    private readonly parameterFile: string,
    readonly accountId: string,
  ) {}

  static async register(
    _installation: Installation,
    { ctx, clientId, vaultId, configDir }: Side,
    scratch: string,
    agent: string,
  ): Promise<HanaSide> {
    const config = { kind: 'hana', sid: 'HXE', instanceNumber: '00' } as const;
    const { id } = await registerSource(ctx, { clientId, config });
    const folder = join(scratch, 'hana');
    await mkdir(folder);
    const parameterFile = join(folder, 'parameters.utl');
    await writeFile(parameterFile, `instance = ${id}\nvault = ${vaultId}\nclient_dir = ${configDir}\n`);
    return new HanaSide(folder, agent, parameterFile, ctx.accountId);
  }

  async makePipe(name: string): Promise<string> {
    const path = join(this.folder, name);
    await runCommand(['mkfifo', path]);
    return path;
  }

  async makeVolume(name: string, bytes: number): Promise<string> {
    const path = join(this.folder, name);
    await runCommand(['sh', '-c', `head -c ${bytes} /dev/urandom > '${path}'`]);
    return path;
  }

  /** @returns the lines of the output file after its first. @throws when the agent fails. */
  async call(fn: string, lines: string[], more: string[] = []): Promise<string[]> {
    const id = `${++this.#calls}-${randomBytes(2).toString('hex')}`;
    const [input, output] = [join(this.folder, `${id}.in`), join(this.folder, `${id}.out`)];
    await writeFile(input, `${lines.join('\n')}\n`);
    const flags = process.env.BENCH_CLIENT_FLAGS?.split(' ') ?? [];
    const command = [
      process.execPath,
      ...flags,
      this.agent,
      '-f',
      fn,
      '-u',
      'HXE@HXE',
      '-p',
      this.parameterFile,
    ];
    await runCommand([...command, '-i', input, '-o', output, ...more]);
    return (await readFile(output, 'utf8')).split('\n').slice(1, -1);
  }
}

/** Moves bytes between a pipe and something else, as the database's own processes do. */
export function move(from: string, to: string): Promise<void> {
  const child = spawn('sh', ['-c', 'exec cat "$0" > "$1"', from, to], { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`cat ended with ${code}`))));
  });
}
