import { sql } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { newId } from '@/lib/context';
import { writeVerb } from '@/lib/verb';
import { aliasTaken, toKmsKey, unused } from './internal';
import { CreateKmsKey, type KmsKey } from './schemas';

/** Orders a key; the engine makes its material and enables it. */
export const createKey = writeVerb({
  action: 'keys.create',
  permission: 'keys.manage',
  input: CreateKmsKey,
  async run({ ctx, tx, input, now, audit }): Promise<KmsKey> {
    const [key] = await tx
      .insert(kmsKeys)
      .values({ accountId: ctx.accountId, id: newId('key'), ...input, createdAt: now })
      .onConflictDoNothing({ target: [kmsKeys.accountId, kmsKeys.alias] })
      .returning();
    if (!key) {
      throw aliasTaken(input.alias);
    }
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: key.alias ?? undefined,
      after: input,
    });
    await tx.execute(sql`select wake_ticker(${ctx.accountId})`);
    return toKmsKey({ key, usage: unused });
  },
});
