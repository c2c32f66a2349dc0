import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDatabase } from '@/db/client';
import type { Env } from '@/lib/env';
import type { SignIn, seedDemo } from '../demo/seed';
import { writeDurably } from './secrets';

const recordName = 'demo.json';

interface Record {
  isComplete: boolean;
  signIns: SignIn[];
}

/** The demo accounts of this installation, or null where none were made. */
export function readDemo(dataFolder: string): Record | null {
  const file = join(dataFolder, recordName);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/**
 * Makes the demo accounts, once in the life of a data folder. A failure leaves the record incomplete: half of the
 * accounts exist then, and a second try would make them twice.
 */
export async function makeDemo(
  env: Env,
  urls: { owner: string; app: string },
  distFolder: string,
  log: (line: string) => void,
): Promise<SignIn[]> {
  const record = (content: Record) =>
    writeDurably(join(env.dataFolder, recordName), `${JSON.stringify(content, null, 2)}\n`);
  record({ isComplete: false, signIns: [] });
  const program = join(distFolder, 'crossvault.js');
  const seed: typeof seedDemo = (await import(pathToFileURL(join(distFolder, 'demo.js')).href)).seedDemo;
  const owner = createDatabase(urls.owner, { applicationName: 'crossvault-demo', maxConnections: 2 });
  const app = createDatabase(urls.app, { applicationName: 'crossvault-demo', maxConnections: 4 });
  try {
    const folder = join(env.dataFolder, 'demo');
    const signIns = await seed({ owner, app, folder, gatewayUrl: env.gatewayUrl, program, log });
    record({ isComplete: true, signIns });
    return signIns;
  } finally {
    await Promise.all([owner.$client.end({ timeout: 5 }), app.$client.end({ timeout: 5 })]);
  }
}
