import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { dockerFiles, tarOf } from './testing/tar';
import { TestHost } from './testing/test-host';

const database = await testDatabase();
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** The command as a process of its own, in another client folder than the test host's if one is given. */
function crossvault(args: string[], options: { dir?: string; input?: string } = {}): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, CROSSVAULT_CLIENT_DIR: options.dir ?? host.folder.path },
  });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.on('data', (text) => (ran.out += text));
  child.stderr.on('data', (text) => (ran.err += text));
  child.stdin.end(options.input ?? '');
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ran, code })));
}

const server = () => host.enrolment.server;

describe('the crossvault command', () => {
  test('enrols with a token from standard input, and keeps its credential to itself', async () => {
    const dir = host.at('second client');
    const token = await TestHost.createToken(database, host.accountId);
    const args = ['enrol', '--server', server(), '--pin', `sha256:${fingerprint}`, '--name', 'second'];
    const ran = await crossvault(args, { dir, input: `${token}\n` });
    expect(ran).toMatchObject({ code: 0, err: '' });
    const file = join(dir, 'enrolment.json');
    const { credential } = JSON.parse(await readFile(file, 'utf8'));
    expect(ran.out).not.toContain(credential);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect(((await stat(dir)).mode & 0o777).toString(8)).toBe('700');
    const again = await crossvault(args, { dir, input: `${token}\n` });
    expect(again).toMatchObject({ code: 5, err: expect.stringContaining('already enrolled') });
    const used = await crossvault([...args, '--replace'], { dir, input: `${token}\n` });
    expect(used.code).not.toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8')).credential).toBe(credential);
  });

  test('sends no token to a server with another certificate', async () => {
    const dir = host.at('tricked');
    const args = ['enrol', '--server', server(), '--pin', '0'.repeat(64), '--token', 'cve_secret'];
    const ran = await crossvault(args, { dir });
    expect(ran).toMatchObject({ code: 3, err: expect.stringContaining('Nothing was sent') });
  });

  test('lists vaults and says how it stands', async () => {
    const [vaults, status] = await Promise.all([
      crossvault(['vaults', '--json']),
      crossvault(['status', '--json']),
    ]);
    expect(JSON.parse(vaults.out).vaults).toMatchObject([{ id: host.vaultId }]);
    expect(JSON.parse(status.out)).toMatchObject({
      accountId: host.accountId,
      reachable: true,
      isDaemonRunning: false,
    });
    expect(status.out).not.toContain(host.enrolment.credential);
  });

  test('backs up with progress and result as JSON lines, then in words', async () => {
    const source = host.at('source');
    await mkdir(source);
    await writeFile(join(source, 'a.bin'), randomBytes(500_000));
    const json = await crossvault(['backup', source, '--json']);
    expect(json.code).toBe(0);
    const lines = json.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === 'progress').length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      outcome: 'complete',
      sourceBytes: 500_000,
      readBytes: 500_000,
      report: { files: 1 },
    });
    const words = await crossvault(['backup', source, '--vault', host.vaultId, '--retention-days', '3']);
    expect(words.code).toBe(0);
    expect(words.out).toMatch(/Backup point s-\w+ .*1 files \(1 unchanged\).*read 0 B/);
  });

  test('backs up a piped dump, a command’s dump and an image, and says what fits where', async () => {
    const none = await crossvault(['dump', '--name', 'orders'], { input: 'rows' });
    expect(none).toMatchObject({
      code: 4,
      err: expect.stringContaining('no vault that takes database dumps'),
    });
    const vaultId = await host.makeVault(engine, 'database');
    await host.makeVault(engine, 'container');
    const archive = host.at('app.tar');
    await writeFile(archive, tarOf(dockerFiles('app:1', [randomBytes(90_000)])));
    const dump = ['dump', '--name', 'orders', '--vault', vaultId];
    const [piped, ran, failed, image, text, unnamed] = await Promise.all([
      crossvault(dump, { input: 'insert into orders values (1);' }),
      crossvault(['dump', '--name', 'crm', '--json', '--', 'sh', '-c', 'echo a; echo b']),
      crossvault(['dump', '--name', 'bad', '--', 'sh', '-c', 'echo a; exit 4']),
      crossvault(['image', '--name', 'shop/app', archive]),
      crossvault(['image', '--name', 'app', '-'], { input: 'no archive'.repeat(100) }),
      crossvault(['dump', '--name', '../x'], { input: 'rows' }),
    ]);
    expect(piped).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Backup point s-\w+ .*: 30 B; read 30 B/),
    });
    expect(JSON.parse(ran.out.trim().split('\n').at(-1)!)).toMatchObject({
      outcome: 'complete',
      sourceBytes: 4,
    });
    expect(failed).toMatchObject({ code: 5, err: expect.stringContaining('sh ended with code 4') });
    expect(image).toMatchObject({ code: 0, out: expect.stringContaining('Backup point') });
    expect(text).toMatchObject({ code: 2, err: expect.stringContaining('no usable image archive') });
    expect(unnamed).toMatchObject({
      code: 2,
      err: expect.stringContaining('beginning with a letter or a digit'),
    });
    const { out } = await crossvault(['vaults']);
    expect(out).toMatch(/for files\n/);
    expect(out).toMatch(/for database dumps\n/);
    expect(out).toMatch(/for container images\n/);
  });

  test('tells what went wrong by its exit code, and on stderr', async () => {
    const cases: [string[], number, string][] = [
      [['backup', host.at('missing')], 4, 'No backup point was made'],
      [['backup', '/srv', '--vault', 'nowhere'], 4, 'No vault "nowhere"'],
      [['backup'], 2, "missing required argument 'paths'"],
      [['backup', '/srv', '--retention-days', 'x'], 2, 'whole number'],
      [['status', '--config', host.at('nobody')], 3, 'not enrolled'],
      [['backup', `/proc/${process.pid}/mem`, host.at('client')], 11, 'could not read it'],
    ];
    const ran = await Promise.all(cases.map(([args]) => crossvault(args)));
    for (const [i, [args, code, text]] of cases.entries()) {
      expect(ran[i]!.err, args.join(' ')).toContain(text);
      expect(ran[i]!.code, args.join(' ')).toBe(code);
    }
  });
});
