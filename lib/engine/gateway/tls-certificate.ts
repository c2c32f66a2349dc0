import 'reflect-metadata';
import { createHash, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface TlsCertificate {
  cert: string;
  key: string;
  /** SHA-256 of the certificate (DER), 64 hex digits: what clients pin. */
  fingerprint: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validYears = 20;
/** Key and certificate, for the gateway alone; then what everyone on the machine may read. */
const bundleName = 'gateway.pem';
const certificateName = 'gateway.crt';
const fingerprintName = 'fingerprint';

/**
 * Loads the gateway's certificate from `<data>/tls`, or makes it once: self-signed, because clients pin it at enrolment.
 * Key and certificate are one file that is put in place whole, so several engines starting at once get the same pair.
 * The certificate is also written to `<data>/tls/gateway.crt` and its pin, as `sha256:<64 hex digits>`, to
 * `<data>/tls/fingerprint`, for the console.
 */
export async function loadOrCreateCertificate(
  dataFolder: string,
  now: Date,
  extraHosts: readonly string[] = [],
): Promise<TlsCertificate> {
  const folder = join(dataFolder, 'tls');
  const path = join(folder, bundleName);
  await mkdir(folder, { recursive: true });
  const known = await readBundle(path);
  if (!known) await publish(path, await createBundle(now, [hostname(), ...extraHosts]));
  const bundle = known ?? (await readBundle(path));
  if (!bundle) throw new Error(`The certificate ${path} cannot be read.`);
  const certificate = takeApart(bundle, path);
  await replaceFile(join(folder, certificateName), certificate.cert);
  await replaceFile(join(folder, fingerprintName), `sha256:${certificate.fingerprint}\n`);
  return certificate;
}

async function readBundle(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

function takeApart(bundle: string, path: string): TlsCertificate {
  const at = bundle.indexOf('-----BEGIN CERTIFICATE-----');
  if (at < 0)
    throw new Error(`${path} holds no certificate. Remove it to make a new one; clients then enrol again.`);
  const cert = bundle.slice(at);
  const der = new X509Certificate(cert).raw;
  return { key: bundle.slice(0, at), cert, fingerprint: createHash('sha256').update(der).digest('hex') };
}

async function createBundle(now: Date, hosts: readonly string[]): Promise<string> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const names = [...new Set(['localhost', ...hosts])].filter((name) => /^[A-Za-z0-9.-]{1,253}$/.test(name));
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: 'CN=Crossvault gateway',
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + validYears * 365 * 86_400_000),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...names.map((value) => ({ type: 'dns' as const, value })),
          { type: 'ip' as const, value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`;
  return `${key}${certificate.toString('pem').trimEnd()}\n`;
}

async function publish(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(fresh, 0o600);
    await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
}

/** A reader sees the old text or the new one, never half of it. */
async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(fresh, text, { mode: 0o644 });
  await rename(fresh, path);
}
