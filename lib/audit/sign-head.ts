import { sign } from 'node:crypto';
import { desc, eq } from 'drizzle-orm';
import { type Database, inAccount } from '@/db/client';
import { auditHeads, auditSignedHeads } from '@/db/schema';
import type { SigningKey } from './signing-key';
import { headText, type SignedHead } from './verify-chain';

type SignedRow = typeof auditSignedHeads.$inferSelect;

/**
 * Signs the account's head as it is now, unless this key has done so already. Null while nothing was audited.
 * @param db a handle of the engine's role, which alone may write signed heads.
 */
export async function signHead(
  db: Database,
  accountId: string,
  key: SigningKey,
  now: Date,
): Promise<SignedHead | null> {
  return inAccount(db, accountId, async (tx) => {
    const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.accountId, accountId));
    if (!head) return null;
    const [last] = await tx
      .select()
      .from(auditSignedHeads)
      .where(eq(auditSignedHeads.accountId, accountId))
      .orderBy(desc(auditSignedHeads.seq))
      .limit(1);
    if (last?.seq === head.seq && last.keyId === key.id) return toSignedHead(last);
    const text = { accountId, seq: head.seq, hash: head.hash.toString('hex'), signedAt: now.toISOString() };
    const row: SignedRow = {
      accountId,
      seq: head.seq,
      hash: head.hash,
      signedAt: now,
      keyId: key.id,
      publicKey: key.publicKey,
      signature: sign(null, Buffer.from(headText(text)), key.privateKey),
    };
    // Another engine may sign the same head at the same time; one row is enough.
    await tx.insert(auditSignedHeads).values(row).onConflictDoNothing();
    return toSignedHead(row);
  });
}

export function toSignedHead(row: SignedRow): SignedHead {
  return {
    accountId: row.accountId,
    seq: row.seq,
    hash: row.hash.toString('hex'),
    signedAt: row.signedAt.toISOString(),
    keyId: row.keyId,
    publicKey: row.publicKey.toString('base64'),
    signature: row.signature.toString('base64'),
  };
}
