import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount } from '@/db/client';
import { clients } from '@/db/schema';
import type { HeartbeatRequest } from '@/lib/engine/wire';
import { CrossvaultError } from '@/lib/errors';
import type { ClientIdentity, EngineDoor } from './internal';
import { hashSecret } from './secrets';

/** Who a credential belongs to; throws `unauthenticated` when to nobody, or to a client that was revoked. */
export async function authenticateClient(door: EngineDoor, credential: string): Promise<ClientIdentity> {
  const [found] = await door.db.execute<{ account_id: string; client_id: string }>(
    sql`select account_id, client_id from door_client(${hashSecret(credential)})`,
  );
  if (!found) throw credentialRefused();
  return { accountId: found.account_id, clientId: found.client_id };
}

/** Notes that a client is there and what it is. Throws `unauthenticated` once the client is revoked. */
export async function recordHeartbeat(
  door: EngineDoor,
  { accountId, clientId }: ClientIdentity,
  request: Pick<z.output<typeof HeartbeatRequest>, 'version' | 'platform' | 'hostname'>,
): Promise<void> {
  const heard = await inAccount(door.db, accountId, (tx) =>
    tx
      .update(clients)
      .set({
        lastHeartbeatAt: door.clock.now(),
        version: request.version.slice(0, 50),
        platform: request.platform.slice(0, 100),
        hostname: request.hostname.slice(0, 255),
      })
      .where(and(eq(clients.accountId, accountId), eq(clients.id, clientId), isNull(clients.revokedAt)))
      .returning({ id: clients.id }),
  );
  if (heard.length === 0) throw credentialRefused();
}

export function credentialRefused(): CrossvaultError {
  return new CrossvaultError(
    'unauthenticated',
    'This client is not enrolled here, or it was revoked. Enrol the host again with a new token.',
    { reason: 'client_unknown' },
  );
}
