import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isInstalled } from './setup/install.mjs';
import { unsupportedNode } from './setup/node-version.mjs';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('unsupportedNode', () => {
  test.each(['18.20.4', '20.18.3', '16.0.0'])('says in one line what Node %s lacks', (version) => {
    const message = unsupportedNode(version);
    expect(message).toBe(`Crossvault needs Node 20.19 or newer; this is Node ${version}.`);
  });

  test.each(['20.19.0', '20.20.2', '22.0.0', '24.11.1', '26.0.0'])('takes Node %s', (version) => {
    expect(unsupportedNode(version)).toBeNull();
  });
});

describe('npm start, when it cannot', () => {
  const other = createServer();
  let taken: number;
  beforeAll(async () => {
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    taken = (other.address() as { port: number }).port;
  });
  afterAll(() => other.close());

  test.each(['CROSSVAULT_PORT', 'CROSSVAULT_GATEWAY_PORT'])('names a taken port and %s', async (variable) => {
    const env = { CROSSVAULT_PORT: '0', CROSSVAULT_GATEWAY_PORT: '0', [variable]: String(taken) };
    const { code, lines } = await start({ CROSSVAULT_DATA_DIR: join(folder, 'data'), ...env });
    expect(code).toBe(1);
    expect(lines).toEqual([
      `crossvault: Port ${taken} on 127.0.0.1 is taken by another program. Choose another: ${variable}=<port> npm start`,
    ]);
  });

  test('names an address that this machine does not have', async () => {
    const { code, lines } = await start({
      CROSSVAULT_DATA_DIR: join(folder, 'data'),
      CROSSVAULT_HOST: '192.0.2.7',
    });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('This machine has no address 192.0.2.7');
  });

  test('names a data folder that cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, lines } = await start({ CROSSVAULT_DATA_DIR: join(file, 'data') });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/The data folder .* cannot be written \(ENOTDIR\)\. Choose another/);
  });

  // Root may write everywhere
  test.skipIf(process.getuid?.() === 0)('names a data folder without write permission', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const { code, lines } = await start({ CROSSVAULT_DATA_DIR: closed });
    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/The data folder .* cannot be written \(EACCES\)\. Choose another/),
    ]);
  });
});

describe('isInstalled', () => {
  const checkout = join(folder, 'checkout');
  const lock = (packages: object) => JSON.stringify({ packages: { '': { name: 'x' }, ...packages } });
  const lay = (wanted: object, found: object, driver = 'connectionLossRepair: 1') => {
    mkdirSync(join(checkout, 'node_modules/postgres/src'), { recursive: true });
    writeFileSync(join(checkout, 'package-lock.json'), lock(wanted));
    writeFileSync(join(checkout, 'node_modules/.package-lock.json'), lock(found));
    writeFileSync(join(checkout, 'node_modules/postgres/src/index.js'), driver);
  };
  const a = { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } };

  test('is true for the packages of the lockfile, without those of other platforms', () => {
    lay({ ...a, 'node_modules/b-win32': { version: '1.0.0', optional: true } }, a);
    expect(isInstalled(checkout)).toBe(true);
  });

  test.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a1' } }],
    ['a missing package', {}],
  ])('is false for %s', (_, found) => {
    lay(a, found);
    expect(isInstalled(checkout)).toBe(false);
  });

  test('is false when the database driver lacks its repair', () => {
    lay(a, a, 'as published');
    expect(isInstalled(checkout)).toBe(false);
  });

  test('is false for a fresh clone', () => {
    expect(isInstalled(join(folder, 'nowhere'))).toBe(false);
  });
});

async function start(env: Record<string, string>): Promise<{ code: number; lines: string[] }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs')], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, lines: (out + err).trim().split('\n') };
}
