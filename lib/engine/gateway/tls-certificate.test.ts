import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadOrCreateCertificate } from './tls-certificate';

const folder = await mkdtemp(join(tmpdir(), 'crossvault-tls-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const now = new Date();

test('one certificate is made, however many engines start at once, and kept', async () => {
  const made = await Promise.all([1, 2, 3].map(() => loadOrCreateCertificate(folder, now)));
  expect(new Set(made.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  const again = await loadOrCreateCertificate(folder, now);
  expect(again).toEqual(made[0]);
  const written = await readFile(join(folder, 'tls', 'fingerprint'), 'utf8');
  expect(written.trim()).toBe(`sha256:${again.fingerprint}`);
});

test('the key is readable by its owner only', async () => {
  const { mode } = await stat(join(folder, 'tls', 'gateway.pem'));
  expect(mode & 0o777).toBe(0o600);
});

test('it names localhost, 127.0.0.1 and the host', async () => {
  const { cert } = await loadOrCreateCertificate(folder, now);
  const certificate = new X509Certificate(cert);
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

test('a client that trusts it connects', async () => {
  const { cert, key } = await loadOrCreateCertificate(folder, now);
  const server = createServer({ cert, key }, (_, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, ca: cert }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  server.close();
  expect(status).toBe(200);
});
