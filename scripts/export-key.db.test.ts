import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, describe, expect, test } from 'vitest';
import { destroyKmsKey } from '@/db/factories';
import { auditEvents } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { formatServiceKey } from '@/lib/engine/core/service-key';
import { noise, prose } from '@/lib/engine/core/test-bytes';
import { TestClient, TestGateway } from '@/lib/engine/gateway/test-gateway';
import { createKeyMaterial, vaultFolder } from '@/lib/engine/vaults';
import { makeAccount, makeKey, makeVault } from '@/lib/engine/vaults/test-environment';

const database = await testDatabase();
const { owner } = database;
const gateway = await TestGateway.start(database);
const folder = await mkdtemp(join(tmpdir(), 'crossvault-export-key-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const serviceKeyFile = join(folder, 'service.key');
await writeFile(serviceKeyFile, formatServiceKey(gateway.vaults.serviceKey.key));

const checkout = join(import.meta.dirname, '..');
const exportKey = `import { run } from ${JSON.stringify(join(import.meta.dirname, 'export-key/main.ts'))};
import { fail } from ${JSON.stringify(join(import.meta.dirname, 'setup/problem.mjs'))};
await run(process.argv.slice(1)).catch(fail);`;

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** A process that knows the database only if it is given. */
function node(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    cwd: checkout,
    env: { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, ...env },
  });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stdout.on('data', (text) => (ran.out += text));
  child.stderr.on('data', (text) => (ran.err += text));
  return new Promise((done) => child.on('close', (code) => done({ ...ran, code })));
}

const installation = { CROSSVAULT_DATA_DIR: join(folder, 'data'), SERVICE_KEY_FILE: serviceKeyFile };

const runExport = (args: string[], env = {}) =>
  node(['--input-type=module', '-e', exportKey, '--', ...args], {
    ...installation,
    DATABASE_URL: database.urls.owner,
    ...env,
  });

const rescue = (vaultId: string, ...args: string[]) =>
  node(['client/main.ts', 'rescue', vaultFolder(gateway.vaults.dataFolder, 'cn-hangzhou', vaultId), ...args]);

const freshFile = () => join(folder, `${randomBytes(6).toString('hex')}.key`);

async function setUpKey() {
  const account = await makeAccount(owner);
  const keyId = await makeKey(owner, account.accountId);
  await createKeyMaterial(gateway.vaults, { accountId: account.accountId, keyId });
  return { account, keyId };
}

const destroy = (keyId: string) => destroyKmsKey(owner, keyId);

async function expectRefused(ran: Ran, line: RegExp, file: string): Promise<void> {
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err.trim().split('\n')).toEqual([expect.stringMatching(line)]);
  expect(existsSync(file)).toBe(false);
}

describe('npm run export-key', () => {
  test('writes a file for its owner alone, with which a vault is rescued without a database, its key destroyed', async () => {
    const { account, keyId } = await setUpKey();
    const vaultId = await makeVault(gateway.vaults, owner, account, { encryption: 'kms', kmsKeyId: keyId });
    const tree = { 'big.bin': noise(900_000), docs: { 'a.txt': prose(50_000) } };
    await (await TestClient.make(gateway, owner, account.accountId)).backUp(vaultId, tree);

    const file = freshFile();
    const ran = await runExport([keyId, file]);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    await destroy(keyId);

    const to = join(folder, 'rescued');
    expect(await rescue(vaultId, '--key', file, '--to', to)).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 failed'),
    });
    expect(await readFile(join(to, 'big.bin'))).toEqual(tree['big.bin']);
    expect(await readFile(join(to, 'docs/a.txt'))).toEqual(tree.docs['a.txt']);

    const label = /kms:[0-9a-f]{16}/.exec(ran.out)![0];
    const withServiceKey = await rescue(vaultId, '--key', serviceKeyFile, '--list');
    expect(withServiceKey).toMatchObject({ code: 7, out: '' });
    expect(withServiceKey.err).toContain(label);
    expect(withServiceKey.err).toContain(gateway.vaults.serviceKey.label.slice('service:'.length));
    expect(withServiceKey.err).toContain('export-key');
  }, 90_000);

  test('never touches a file that is there, nor writes an audit row for it', async () => {
    const { keyId } = await setUpKey();
    const file = freshFile();
    await writeFile(file, 'precious');
    const ran = await runExport([keyId, file]);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('exists already') });
    expect(await readFile(file, 'utf8')).toBe('precious');
    const rows = await owner.select().from(auditEvents).where(eq(auditEvents.resourceId, keyId));
    expect(rows.map(({ action }) => action)).not.toContain('keys.exported');
  });

  test('says in one line that it knows no such key, and leaves no file', async () => {
    const file = freshFile();
    await expectRefused(await runExport(['key-none', file]), /No account has a key key-none\.$/, file);
  });

  test('says in one line that a destroyed key cannot be exported', async () => {
    const { keyId } = await setUpKey();
    await destroy(keyId);
    const file = freshFile();
    await expectRefused(await runExport([keyId, file]), /is destroyed: there is nothing left/, file);
  });

  test.each([
    ['no installation runs', { DATABASE_URL: '' }, /does not run on .*data\. Start it with npm start\.$/],
    [
      'the database given does not answer',
      { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/z' },
      /The database does not answer \(ECONNREFUSED\)\.$/,
    ],
    ['there is no service key', { SERVICE_KEY_FILE: '/nowhere' }, /service key \/nowhere cannot be read\.$/],
  ])('says in one line that %s', async (_, env, line) => {
    const file = freshFile();
    await expectRefused(await runExport(['key-any', file], env), line, file);
  });
});
