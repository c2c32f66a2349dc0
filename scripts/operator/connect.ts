import { createDatabase, type Database } from '@/db/client';
import type { Env } from '@/lib/env';
import { Problem } from '../setup/problem.mjs';
import { findOwnerUrl } from '../supervisor/database';

/** The owner's connection of the installation that runs. @throws Problem when there is none, or it does not answer. */
export async function connectAsOwner(env: Env, applicationName: string): Promise<Database> {
  const url = findOwnerUrl(env);
  if (!url) throw new Problem(`Crossvault does not run on ${env.dataFolder}. Start it with npm start.`);
  const owner = createDatabase(url, { applicationName, maxConnections: 1 });
  try {
    await owner.$client`select 1`;
    return owner;
  } catch (error) {
    await owner.$client.end({ timeout: 5 });
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Problem(`The database does not answer (${code ?? message}).`);
  }
}
