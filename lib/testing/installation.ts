import 'reflect-metadata';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterAll } from 'vitest';

/** A data folder with a certificate and an internal secret, as the first start makes it; `readEnv` finds it. */
export async function testInstallation() {
  const dataFolder = await mkdtemp(join(tmpdir(), 'crossvault-data-'));
  afterAll(() => rm(dataFolder, { recursive: true, force: true }));
  const certificate = await makeCertificate();
  const secret = randomBytes(32);
  await mkdir(join(dataFolder, 'tls'));
  await mkdir(join(dataFolder, 'secrets'));
  await writeFile(join(dataFolder, 'tls', 'gateway.crt'), certificate.cert);
  await writeFile(join(dataFolder, 'secrets', 'internal'), `${secret.toString('hex')}\n`);
  process.env.CROSSVAULT_DATA_DIR = dataFolder;
  process.env.GATEWAY_URL = 'https://127.0.0.1:8443';
  return { dataFolder, certificate, secret };
}

/** An HTTPS server on a free port of 127.0.0.1. */
export async function listenTls(
  pair: { cert: string; key: string },
  handler: RequestListener,
): Promise<string> {
  const server = createServer(pair, handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function makeCertificate() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: 'CN=crossvault', keys, signingAlgorithm: algorithm },
    webcrypto as unknown as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    pin: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
  };
}
