import type { z } from 'zod';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import { hideObjects, inquireObjects, startBackintBackup, startBackintRestore } from '@/lib/hana';
import { HideObjects, InquireObjects, StartBackintBackup, StartBackintRestore } from '../wire-backint';
import { authenticate } from './authenticate';
import type { Exchange, Route } from './environment';
import { readJson, sendJson } from './http';

/** A thousand objects with their names. */
const maxRequestBytes = 8 * 1024 * 1024;

export const backintRoutes: Route[] = [
  { method: 'POST', path: '/v1/backint/backup', handle: door(StartBackintBackup, startBackintBackup) },
  { method: 'POST', path: '/v1/backint/restore', handle: door(StartBackintRestore, startBackintRestore) },
  { method: 'POST', path: '/v1/backint/inquire', handle: door(InquireObjects, inquireObjects) },
  { method: 'POST', path: '/v1/backint/hide', handle: door(HideObjects, hideObjects) },
];

/** Who asks is known from the credential alone; the verb finds only what belongs to that client. */
function door<S extends z.ZodType>(
  schema: S,
  verb: (door: EngineDoor, identity: ClientIdentity, request: z.output<S>) => Promise<unknown>,
): Route['handle'] {
  return async (exchange: Exchange) => {
    const caller = await authenticate(exchange);
    const request = await readJson(exchange.request, schema, maxRequestBytes);
    sendJson(exchange.response, await verb(exchange.env, caller, request));
  };
}
