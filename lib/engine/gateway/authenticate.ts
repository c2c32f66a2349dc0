import { and, eq, isNull } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { clients } from '@/db/schema';
import {
  authenticateClient,
  type ClientIdentity,
  type ClientRow,
  clientContext,
  credentialRefused,
  isHost,
} from '@/lib/clients';
import type { Context } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { protocolHeader, protocolVersion } from '../wire';
import { isMoverToken, verifyMoverToken } from '../wire-mover';
import type { Exchange } from './environment';
import { readBearer } from './http';
import type { JobClaim } from './job-guard';

/** The client that speaks, in the account its credential belongs to. */
export interface Caller {
  client: ClientRow;
  accountId: string;
  clientId: string;
  ctx: Context;
}

/** @throws `unauthenticated` for an unknown or revoked credential, `invalid_input` for another protocol version. */
export async function authenticate({ env, request }: Exchange): Promise<Caller> {
  requireProtocol(request.headers[protocolHeader]);
  const bearer = readBearer(request);
  const identity = isMoverToken(bearer) ? identifyMover(env, bearer) : await authenticateClient(env, bearer);
  const [client] = await inAccount(env.db, identity.accountId, (tx) =>
    tx
      .select()
      .from(clients)
      .where(
        and(
          eq(clients.accountId, identity.accountId),
          eq(clients.id, identity.clientId),
          isNull(clients.revokedAt),
          // The internal secret speaks for no host, and no host's credential for the mover.
          isMoverToken(bearer) ? eq(clients.placement, 'region') : isHost,
        ),
      ),
  );
  if (!client) throw credentialRefused();
  const ctx = { ...clientContext(env, client), ip: request.socket.remoteAddress ?? null };
  return { ...identity, client, ctx };
}

function identifyMover({ internalSecret, clock }: Exchange['env'], token: string): ClientIdentity {
  const { accountId, clientId } = verifyMoverToken(internalSecret, token, clock.now());
  if (!accountId || !clientId) throw credentialRefused();
  return { accountId, clientId };
}

/** Client and engine agree on the protocol with every request: an old client is told so instead of being misread. */
export function requireProtocol(header: string | string[] | undefined): void {
  if (header === String(protocolVersion)) return;
  throw new CrossvaultError(
    'invalid_input',
    `This engine speaks version ${protocolVersion} of the client protocol. Update the client or the engine.`,
    { reason: 'protocol_unsupported' },
  );
}

export function claimOf(
  caller: Caller,
  exchange: Exchange,
  kind: JobClaim['kind'],
  attempt: number,
): JobClaim {
  const { accountId, clientId } = caller;
  return { accountId, clientId, jobId: exchange.params.id!, kind, attempt };
}
