import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount } from '@/db/client';
import { accounts, clients, dataSources, enrolmentTokens } from '@/db/schema';
import { newId } from '@/lib/context';
import type { EnrolRequest, EnrolResponse } from '@/lib/engine/wire';
import { CrossvaultError, invariant } from '@/lib/errors';
import { writeAudit } from '@/lib/verb';
import { clientContext, type EngineDoor } from './internal';
import { hashSecret, newSecret } from './secrets';

/**
 * Trades an enrolment token for a credential, once. However many hosts send it at the same time, one is enrolled and
 * the others get `state_conflict` (`token_used`). Throws `unauthenticated` for a token that never was, `expired` for
 * one that is over.
 */
export async function redeemEnrolmentToken(
  door: EngineDoor,
  request: z.output<typeof EnrolRequest>,
): Promise<z.output<typeof EnrolResponse>> {
  const tokenHash = hashSecret(request.token);
  const [known] = await door.db.execute<{ account_id: string; used: boolean }>(
    sql`select account_id, used from door_enrolment_token(${tokenHash})`,
  );
  if (!known) {
    throw new CrossvaultError(
      'unauthenticated',
      'This enrolment token is not valid. Create one on the Clients page.',
    );
  }
  if (known.used) throw tokenUsed();
  const now = door.clock.now();
  return inAccount(door.db, known.account_id, async (tx) => {
    const clientId = newId('c');
    const [token] = await tx
      .update(enrolmentTokens)
      .set({ usedAt: now, clientId })
      .where(
        and(
          eq(enrolmentTokens.tokenHash, tokenHash),
          isNull(enrolmentTokens.usedAt),
          gt(enrolmentTokens.expiresAt, now),
        ),
      )
      .returning();
    if (!token) {
      const [row] = await tx.select().from(enrolmentTokens).where(eq(enrolmentTokens.tokenHash, tokenHash));
      throw row?.usedAt ? tokenUsed() : tokenExpired();
    }
    const credential = newSecret('cvc');
    const name = request.name?.trim() || request.hostname;
    await tx.insert(clients).values({
      accountId: token.accountId,
      id: clientId,
      name,
      hostname: request.hostname,
      platform: request.platform,
      version: request.version,
      placement: token.placement,
      region: token.region,
      credentialHash: hashSecret(credential),
      enrolledAt: now,
    });
    await tx.insert(dataSources).values({
      accountId: token.accountId,
      id: newId('ds'),
      kind: token.placement === 'ecs' ? 'ecs_file' : 'local_file',
      clientId,
      name,
      createdAt: now,
    });
    const client = { accountId: token.accountId, id: clientId, name };
    await writeAudit(clientContext(door, client), tx, 'clients.enrol', {
      resourceKind: 'client',
      resourceId: clientId,
      resourceName: name,
      after: {
        hostname: request.hostname,
        placement: token.placement,
        region: token.region,
        tokenId: token.id,
      },
    });
    const [account] = await tx.select().from(accounts).where(eq(accounts.accountId, token.accountId));
    invariant(account, 'a token belongs to an account');
    return {
      clientId,
      credential,
      accountId: account.accountId,
      accountName: account.name,
      region: token.region,
    };
  });
}

function tokenUsed(): CrossvaultError {
  return new CrossvaultError('state_conflict', 'This enrolment token was used already. Create another one.', {
    reason: 'token_used',
  });
}

function tokenExpired(): CrossvaultError {
  return new CrossvaultError(
    'expired',
    'This enrolment token is over. Create another one on the Clients page.',
    {
      reason: 'token_expired',
    },
  );
}
