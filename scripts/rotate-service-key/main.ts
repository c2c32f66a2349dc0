import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import type { Database } from '@/db/client';
import {
  loadServiceKey,
  type WrappingKey,
  wrappingKeyFrom,
  writeServiceKeys,
} from '@/lib/engine/core/service-key';
import { rewrapEverything } from '@/lib/engine/vaults/rewrap-everything';
import { openRegions } from '@/lib/engine/zones/open-region-storage';
import { type Env, readEnv } from '@/lib/env';
import { CrossvaultError } from '@/lib/errors';
import { loadRegions } from '@/lib/regions';
import { connectAsOwner } from '../operator/connect';
import { Problem } from '../setup/problem.mjs';

/**
 * `npm run rotate-service-key -- begin`, a restart, then `-- finish`. Between the two, both keys open everything; the old
 * one is dropped when nothing needs it any more.
 */
export async function run(args: string[]): Promise<void> {
  const env = readEnv();
  try {
    if (args.length === 1 && args[0] === 'begin') await begin(env);
    else if (args.length === 1 && args[0] === 'finish') await finish(env);
    else throw new Problem('Use: npm run rotate-service-key -- begin | finish');
  } catch (error) {
    throw error instanceof CrossvaultError
      ? new Problem(`${error.message} Nothing was lost; run it again.`)
      : error;
  }
}

async function begin({ serviceKeyFile }: Env): Promise<void> {
  const current = await loadServiceKey(serviceKeyFile);
  if (current.earlier)
    throw new Problem(
      'A rotation has begun already: restart Crossvault, then run npm run rotate-service-key -- finish.',
    );
  const fresh = wrappingKeyFrom(randomBytes(32));
  await copyFile(serviceKeyFile, nameOfOld(serviceKeyFile, current));
  await writeServiceKeys(serviceKeyFile, [fresh.key, current.key]);
  console.log(`${serviceKeyFile} holds the new key ${fresh.label} and the one before it, ${current.label}.`);
  console.log('Keep a copy of it elsewhere, give it to every machine that runs an engine, and restart them.');
  console.log('Then run npm run rotate-service-key -- finish.');
}

async function finish(env: Env): Promise<void> {
  const key = await loadServiceKey(env.serviceKeyFile);
  if (!key.earlier)
    throw new Problem('No rotation has begun: run npm run rotate-service-key -- begin first.');
  const owner = await connectAsOwner(env, 'crossvault-rotate-service-key');
  try {
    const { vaults, kmsKeys } = await rewrapEverything(owner, await storageOf(env, owner), key, (what) =>
      console.log(what),
    );
    await writeServiceKeys(env.serviceKeyFile, [key.key]);
    console.log(`${vaults} vaults and ${kmsKeys} keys are under ${key.label} alone.`);
    for (const old of key.earlier) {
      console.log(
        `${nameOfOld(env.serviceKeyFile, old)} is needed for database dumps from before only. Keep it with them, or destroy it.`,
      );
    }
  } finally {
    await owner.$client.end({ timeout: 5 });
  }
}

async function storageOf(env: Env, owner: Database) {
  const { allowsPrivateEndpoints } = env;
  const { storage } = await openRegions(owner, loadRegions(env), {
    allowsPrivateEndpoints,
    environment: process.env,
    onRequest: () => {},
  });
  return storage;
}

function nameOfOld(file: string, { label }: WrappingKey): string {
  return `${file}.${label.replace(/^.*:/, '')}`;
}
