import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { loadOrCreateServiceKey } from '@/lib/engine/core/service-key';
import { loadOrCreateInternalSecret } from '@/lib/engine/internal-secret';
import type { Env } from '@/lib/env';

/** What the processes of one installation know and nobody else: made once, kept in files of their owner alone. */
export interface Secrets {
  ownerPassword: string;
  appPassword: string;
  enginePassword: string;
  nextAuthSecret: string;
}

const fileOf = (env: Env) => join(env.dataFolder, 'secrets', 'secrets.json');

/** What earlier starts made, or null where there was none. */
export function findSecrets(env: Env): Secrets | null {
  return existsSync(fileOf(env)) ? JSON.parse(readFileSync(fileOf(env), 'utf8')) : null;
}

/** Loads what earlier starts made and makes what is missing, on disk before anything relies on it. */
export async function prepareSecrets(env: Env): Promise<{ secrets: Secrets; isServiceKeyNew: boolean }> {
  const folder = join(env.dataFolder, 'secrets');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const secrets = loadOrCreate(fileOf(env), () => JSON.stringify(makeSecrets(), null, 2));
  await loadOrCreateInternalSecret(env.internalSecretFile);
  const { created } = await loadOrCreateServiceKey(env.serviceKeyFile);
  return { secrets: JSON.parse(secrets), isServiceKeyNew: created };
}

function makeSecrets(): Secrets {
  const secret = () => randomBytes(32).toString('base64url');
  return {
    ownerPassword: secret(),
    appPassword: secret(),
    enginePassword: secret(),
    nextAuthSecret: secret(),
  };
}

function loadOrCreate(file: string, make: () => string): string {
  if (!existsSync(file)) writeDurably(file, `${make()}\n`);
  return readFileSync(file, 'utf8');
}

/** Readable by its owner alone; after a crash the file is whole or absent. */
export function writeDurably(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
