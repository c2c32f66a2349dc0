import type { Database } from '@/db/client';
import { type Context, createContext } from '@/lib/context';

/** The engine acting by itself for one account; shown in its audit as the engine. */
export function engineContext(db: Database, accountId: string): Context {
  return createContext({
    accountId,
    db,
    actor: { kind: 'engine', id: 'engine', name: 'Crossvault engine', userId: 'engine', role: 'operator' },
  });
}
