import { createDatabase, type Database } from '@/db/client';
import { webSettings } from './settings';

// On globalThis, because a development server loads this module anew at each change and would leak a pool each time.
const held = globalThis as { crossvaultDatabase?: Database };

/** The web process's pool, as the role that row-level security holds. */
export function webDatabase(): Database {
  held.crossvaultDatabase ??= createDatabase(webSettings().databaseUrl, {
    applicationName: 'crossvault-web',
  });
  return held.crossvaultDatabase;
}
