import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestCertificate, type TestCertificate } from '../testing/certificate';
import { Gateway } from './gateway';
import { parsePin } from './pinned-agent';

const Answer = z.object({ ok: z.boolean() });
let right: TestCertificate;
let other: TestCertificate;
const open: { server: Server; gateway: Gateway }[] = [];

beforeAll(async () => {
  right = await createTestCertificate();
  other = await createTestCertificate();
});

afterEach(async () => {
  for (const { server, gateway } of open.splice(0)) {
    gateway.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(certificate: TestCertificate, pin: string) {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer(certificate, (req, res) => {
    requests.push(`${req.method} ${req.url} ${req.headers.authorization}`);
    req.resume().on('end', () => res.end('{"ok":true}'));
  });
  server.on('secureConnection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const gateway = new Gateway({ server: `https://127.0.0.1:${port}`, pin, credential: 'secret' });
  open.push({ server, gateway });
  return { gateway, requests, connections: () => connections };
}

describe('a pinned connection', () => {
  test('works with the pinned certificate: self-signed, expired and for another name', async () => {
    const { gateway, requests, connections } = await serve(right, right.pin);
    for (let i = 0; i < 3; i++) expect(await gateway.postJson('/v1/x', { i }, Answer)).toEqual({ ok: true });
    expect(requests).toHaveLength(3);
    expect(connections()).toBe(1);
  });

  test('to another certificate is closed before the server hears anything, credential included', async () => {
    const { gateway, requests } = await serve(other, right.pin);
    await expect(gateway.postJson('/v1/x', {}, Answer)).rejects.toMatchObject({
      code: 'unauthenticated',
      reason: 'certificate_changed',
      message: expect.stringContaining(other.pin),
    });
    expect(requests).toEqual([]);
  });

  test('that nobody answers is retryable and says where it tried', async () => {
    const gateway = new Gateway({ server: 'https://127.0.0.1:1', pin: right.pin });
    await expect(gateway.getJson('/v1/vaults', Answer)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('https://127.0.0.1:1'),
    });
  });

  test('answers a cancelled call with the reason of the cancellation', async () => {
    const { gateway } = await serve(right, right.pin);
    const reason = new Error('stopped by the operator');
    await expect(gateway.getJson('/v1/x', Answer, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

test('a pin is read with and without prefix and colons, and nothing else is', () => {
  const hex = 'ab'.repeat(32);
  expect(parsePin(`sha256:${hex}`)).toBe(hex);
  expect(parsePin(hex.toUpperCase())).toBe(hex);
  expect(parsePin(Array(32).fill('AB').join(':'))).toBe(hex);
  for (const bad of ['', 'sha256:', hex.slice(2), `${hex}00`, `sha1:${hex}`])
    expect(() => parsePin(bad)).toThrow('64 hex digits');
});
