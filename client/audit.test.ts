import { createPublicKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { newSigningKey } from '@/lib/audit/signing-key';
import { headerLine, headLine, headText, linkHash, rowLine } from '@/lib/audit/verify-chain';
import { createProgram } from './program';

const folder = mkdtempSync(join(tmpdir(), 'crossvault-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const accountId = '1234567890123456';
const key = newSigningKey();
const publicKey = createPublicKey({ key: key.publicKey, type: 'spki', format: 'der' });

function exportOf(actions: string[]): string {
  let previous = '0'.repeat(64);
  const rows = actions.map((action, i) => {
    const rowText = `{"action": "${action}"}`;
    const hash = linkHash(accountId, i + 1, previous, rowText);
    const row = rowLine({ seq: i + 1, previous, hash, rowText });
    previous = hash;
    return row;
  });
  const text = { accountId, seq: actions.length, hash: previous, signedAt: '2026-01-02T03:04:05.000Z' };
  const signature = sign(null, Buffer.from(headText(text)), key.privateKey).toString('base64');
  const head = { ...text, keyId: key.id, publicKey: key.publicKey.toString('base64'), signature };
  return `${[headerLine(accountId, text.signedAt), ...rows, headLine(head)].join('\n')}\n`;
}

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const keyFile = file('key.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString());
const whole = exportOf(['a', 'b', 'c']);

async function verify(...args: string[]): Promise<string> {
  const out: string[] = [];
  const print = vi.spyOn(console, 'log').mockImplementation((line) => void out.push(String(line)));
  const warn = vi.spyOn(console, 'error').mockImplementation((line) => void out.push(String(line)));
  try {
    await createProgram().parseAsync(['node', 'crossvault', 'audit', 'verify', ...args]);
    return out.join('\n');
  } finally {
    print.mockRestore();
    warn.mockRestore();
  }
}

describe('crossvault audit verify', () => {
  test('says that a whole export is sound, and what it was checked against', async () => {
    const path = file('whole.jsonl', whole);
    expect(await verify(path, '--key', keyFile)).toBe(
      `The audit of account ${accountId} is sound: 3 rows, signed 2026-01-02T03:04:05.000Z by key ${key.id}.`,
    );
    expect(await verify(path)).toContain('Give the key you kept with --key');
  });

  test('names the first bad row, and that an earlier export no longer fits', async () => {
    const changed = file('changed.jsonl', whole.replace('"action": "b"', '"action": "x"'));
    await expect(verify(changed, '--key', keyFile)).rejects.toMatchObject({
      code: 'corrupt_data',
      message: expect.stringMatching(/^Row 2 was changed/),
    });
    const later = file('later.jsonl', exportOf(['a', 'other', 'c', 'd']));
    const earlier = file('earlier.jsonl', exportOf(['a', 'b']));
    await expect(verify(later, '--key', keyFile, '--since', earlier)).rejects.toMatchObject({
      message: expect.stringMatching(/^Row 2 is not the one of the earlier export/),
    });
    const grown = file('grown.jsonl', exportOf(['a', 'b', 'c']));
    expect(await verify(grown, '--key', keyFile, '--since', earlier)).toContain('goes on from row 2');
  });

  test.each([
    [['/nowhere/audit.jsonl'], 'not_found'],
    [[], 'invalid_input'],
    [['--from', 'http://192.0.2.1'], 'invalid_input'],
    [['x', '--key', '/nowhere.pem'], 'not_found'],
  ])('refuses %j', async (args, code) => {
    process.env.CROSSVAULT_ACCESS_KEY = 'cvk_test';
    await expect(verify(...args)).rejects.toMatchObject({ code });
  });

  test('checks the audit as a console has it now, with an access key', async () => {
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization === 'Bearer cvk_test';
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      response.end(isKnown ? whole : JSON.stringify({ error: { message: 'Who are you?' } }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [good, bad] = [file('good.key', 'cvk_test\n'), file('bad.key', 'cvk_other')];
    expect(await verify('--from', origin, '--access-key-file', good)).toContain('is sound: 3 rows');
    await expect(verify('--from', origin, '--access-key-file', bad)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Who are you?'),
    });
    server.close();
  });
});
