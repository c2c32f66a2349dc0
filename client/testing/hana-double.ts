import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const sources = { hdbbackint: '../backint/main.ts', crossvault: '../main.ts' };

/** The agent as one file, the way it is installed. */
export async function bundleAgent(
  folder: string,
  program: keyof typeof sources = 'hdbbackint',
): Promise<string> {
  const outfile = join(folder, `${program}.js`);
  const source = fileURLToPath(new URL(sources[program], import.meta.url));
  const banner =
    "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
  await build({
    ...{ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm' },
    ...{ target: 'node20.19', banner: { js: banner }, logLevel: 'error' },
  });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return outfile;
}

export interface CallResult {
  code: number | null;
  /** Of the output file, without its first. */
  lines: string[];
  softwareId: string;
  errors: string;
}

export interface SavedObject {
  path: string;
  ebid: string;
  bytes: number;
  sha256: string;
}

interface BackupCall {
  level?: 'COMPLETE' | 'DIFFERENTIAL' | 'INCREMENTAL' | 'LOG';
  backupId: string;
  objectCount?: number;
  /** Bytes of each object, by the end of its name. */
  volumes: Record<string, Uint8Array>;
  /** Writes the file itself where HANA would make a pipe. */
  asFiles?: boolean;
  version?: string;
}

/**
 * Behaves towards its Backint agent as the database does: makes the pipes, writes the input file, starts the agent, writes and
 * reads all pipes at once with processes of its own, and believes nothing but the output file.
 */
export class HanaDouble {
  private constructor(
    private readonly agent: string,
    private readonly folder: string,
    readonly user: string,
    readonly parameterFile: string,
  ) {}

  static async make(
    agent: string,
    folder: string,
    user: string,
    parameters: Record<string, string | number>,
  ): Promise<HanaDouble> {
    await mkdir(folder, { recursive: true });
    const parameterFile = join(folder, 'parameters.utl');
    const lines = Object.entries(parameters).map(([key, value]) => `${key} = ${value}\n`);
    await writeFile(parameterFile, lines.join(''));
    return new HanaDouble(agent, folder, user, parameterFile);
  }

  pathOf(name: string): string {
    return join(this.folder, `DB_${this.user.split('@')[0]}`, name);
  }

  async prepareFolder(): Promise<void> {
    await mkdir(dirname(this.pathOf('x')), { recursive: true });
  }

  /** Reads a pipe as one of the database's own processes. */
  async digestOf(pipe: string): Promise<string> {
    return (await run('sh', ['-c', 'sha256sum < "$0"', pipe])).stdout.split(' ')[0]!;
  }

  async backup(call: BackupCall): Promise<CallResult & { saved: SavedObject[] }> {
    const objects = Object.entries(call.volumes).map(([name, bytes]) => ({ path: this.pathOf(name), bytes }));
    await this.prepareFolder();
    const keyword = call.asFiles ? '#FILE' : '#PIPE';
    const writers = [];
    for (const { path, bytes } of objects) {
      if (call.asFiles) await writeFile(path, bytes);
      else {
        await makePipe(path);
        await writeFile(`${path}.volume`, bytes);
        writers.push(shell(`exec cat "$0.volume" > "$0"`, path));
      }
    }
    const result = await this.call(
      'backup',
      [
        `#SOFTWAREID "backint ${call.version ?? '1.04'}" "HANA HDB server 2.00.070"`,
        ...objects.map(({ path }) => `${keyword} ${quoted(path)}`),
      ],
      [
        ...['-s', call.backupId, '-c', String(call.objectCount ?? objects.length)],
        ...['-l', call.level ?? 'COMPLETE'],
      ],
    );
    for (const writer of writers) writer.kill('SIGKILL');
    for (const { path } of objects) {
      await rm(path, { force: true });
      await rm(`${path}.volume`, { force: true });
    }
    const saved = result.lines.flatMap((line) => {
      const [, ebid, name, bytes] = /^#SAVED "([^"]+)" (.+) ([0-9]+)$/.exec(line) ?? [];
      const object = objects.find(({ path }) => quoted(path) === name);
      if (!ebid || !object) return [];
      return [{ path: object.path, ebid, bytes: Number(bytes), sha256: sha256(object.bytes) }];
    });
    return { ...result, saved };
  }

  /** Restores to new pipes. @returns what came out of each, by the object's path. */
  async restore(
    wanted: { path: string; ebid?: string }[],
    more: { destinations?: boolean } = {},
  ): Promise<CallResult & { digests: Record<string, string> }> {
    const readers = [];
    const lines = [];
    for (const [i, { path, ebid }] of wanted.entries()) {
      const pipe = more.destinations ? join(this.folder, `restore ${i}`) : path;
      await mkdir(dirname(pipe), { recursive: true });
      await makePipe(pipe);
      readers.push(readDigest(pipe));
      const request = ebid ? `#EBID "${ebid}" ${quoted(path)}` : `#NULL ${quoted(path)}`;
      lines.push(more.destinations ? `${request} ${quoted(pipe)}` : request);
    }
    const result = await this.call('restore', lines);
    const digests: Record<string, string> = {};
    for (const [i, reader] of readers.entries()) digests[wanted[i]!.path] = await reader.end(result);
    for (const [i, { path }] of wanted.entries())
      await rm(more.destinations ? join(this.folder, `restore ${i}`) : path, { force: true });
    return { ...result, digests };
  }

  inquire(lines: string[], version = '1.04'): Promise<CallResult> {
    return this.call('inquire', [`#SOFTWAREID "backint ${version}" "HANA HDB server"`, ...lines]);
  }

  delete(lines: string[]): Promise<CallResult> {
    return this.call('delete', lines);
  }

  async call(fn: string, lines: string[], more: string[] = []): Promise<CallResult> {
    return (await this.begin(fn, lines, more)).ended;
  }

  /** Starts the agent and does not wait for it. */
  async begin(
    fn: string,
    lines: string[],
    more: string[] = [],
  ): Promise<{ process: ChildProcess; ended: Promise<CallResult> }> {
    const id = randomBytes(4).toString('hex');
    const [input, output] = [join(this.folder, `${id}.in`), join(this.folder, `${id}.out`)];
    await writeFile(input, `${lines.join('\n')}\n`);
    const process = spawn(
      globalThis.process.execPath,
      [
        ...[this.agent, '-f', fn, '-u', this.user, '-p', this.parameterFile, '-i', input, '-o', output],
        ...more,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let errors = '';
    process.stderr.on('data', (text) => (errors += text));
    const ended = new Promise<number | null>((resolve) => process.once('close', resolve)).then(
      async (code) => {
        const text = await readFile(output, 'utf8').catch(() => '');
        const [softwareId = '', ...answers] = text.split('\n').filter(Boolean);
        return { code, lines: answers, softwareId, errors };
      },
    );
    return { process, ended };
  }
}

export const quoted = (path: string) => (path.includes(' ') ? `"${path}"` : path);
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export async function makePipe(path: string): Promise<void> {
  await rm(path, { force: true });
  await run('mkfifo', [path]);
}

function shell(script: string, argument: string): ChildProcess {
  return spawn('sh', ['-c', script, argument], { stdio: 'ignore' });
}

/** Reads a pipe to its end. A reader whose pipe nobody opened is ended with the call. */
function readDigest(path: string) {
  const child = spawn('sh', ['-c', 'exec sha256sum < "$0"', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    async end({ lines }: CallResult): Promise<string> {
      if (!lines.some((line) => line.startsWith('#RESTORED') && line.endsWith(quoted(path)))) {
        const late = setTimeout(() => child.kill('SIGKILL'), 500);
        await closed;
        clearTimeout(late);
      } else await closed;
      return text.split(' ')[0]!;
    },
  };
}
