import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatServiceKey, loadServiceKey, type WrappingKey } from '@/lib/engine/core/service-key';
import { exportKeyMaterial } from '@/lib/engine/vaults/export-key-material';
import { type Env, readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

/**
 * `npm run export-key -- <key id> <file>`: writes the material of an account's KMS key to a new file that
 * `crossvault rescue --key` takes. Throws a Problem, and leaves no file, when it cannot.
 */
export async function run(args: string[]): Promise<void> {
  const [keyId, given] = args;
  if (!keyId || !given || args.length > 2) throw new Problem('Use: npm run export-key -- <key id> <file>');
  const file = resolve(given);
  const env = readEnv();
  try {
    const serviceKey = await loadServiceKey(env.serviceKeyFile);
    const { label } = await inNewFile(file, (handle) => exportTo(handle, env, serviceKey, keyId));
    console.log(`Wrote the key ${keyId} to ${file}. Vaults under it name it ${label}.`);
    console.log('Whoever has this file can read those vaults, also after the key is disabled or destroyed.');
  } catch (error) {
    throw error instanceof CrossvaultError ? new Problem(error.message) : error;
  }
}

/** The audit row is committed first: no material lies on disk that the account's audit does not know of. */
async function exportTo(
  file: FileHandle,
  env: Env,
  serviceKey: WrappingKey,
  keyId: string,
): Promise<WrappingKey> {
  const owner = await connectAsOwner(env, 'crossvault-export-key');
  try {
    const material = await exportKeyMaterial(owner, serviceKey, keyId);
    await file.writeFile(`${formatServiceKey(material.key)}\n`);
    return material;
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

/** Makes the file for its owner alone, durable when it resolves; one that exists is never touched. */
async function inNewFile<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new Problem(`The file ${path} exists already. Choose another; nothing was written.`);
    throw new Problem(`The file ${path} cannot be made (${error.code}).`);
  });
  try {
    const result = await write(file);
    await file.sync();
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
    return result;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
