import type { z } from 'zod';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import {
  hideObjects,
  inquireObjects,
  prepareRecovery,
  startBackintBackup,
  startBackintRestore,
} from '@/lib/hana';
import {
  HideObjects,
  InquireObjects,
  PrepareRecovery,
  StartBackintBackup,
  StartBackintRestore,
} from '../wire-backint';
import { authenticate, claimOf } from './authenticate';
import type { Exchange, Route } from './environment';
import { readJson, sendJson } from './http';

/** A thousand objects with their names. */
const maxRequestBytes = 8 * 1024 * 1024;

export const backintRoutes: Route[] = [
  { method: 'POST', path: '/v1/backint/backup', handle: door(StartBackintBackup, startBackintBackup) },
  { method: 'POST', path: '/v1/backint/restore', handle: door(StartBackintRestore, startBackintRestore) },
  { method: 'POST', path: '/v1/backint/inquire', handle: door(InquireObjects, inquireObjects) },
  { method: 'POST', path: '/v1/backint/hide', handle: door(HideObjects, hideObjects) },
  { method: 'POST', path: '/v1/jobs/:id/prepare-recovery', handle: prepare },
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

async function prepare(exchange: Exchange): Promise<void> {
  const caller = await authenticate(exchange);
  const { attempt } = await readJson(exchange.request, PrepareRecovery);
  sendJson(
    exchange.response,
    await prepareRecovery(exchange.env, claimOf(caller, exchange, 'restore', attempt)),
  );
}
