import { eq } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { violates } from '@/db/violations';
import { writeVerb } from '@/lib/verb';
import { aliasTaken, getKeyDetail, loadKeyForUpdate } from './internal';
import { checkUpdate } from './rules';
import { type KmsKeyDetail, UpdateKmsKey } from './schemas';

/** Sets, changes or takes away a key's alias, and its description. Vaults stay with the key that they were made with. */
export const updateKey = writeVerb({
  action: 'keys.update',
  permission: 'keys.manage',
  input: UpdateKmsKey,
  async run({ tx, input, audit }): Promise<KmsKeyDetail> {
    const key = await loadKeyForUpdate(tx, input.id);
    checkUpdate(key.state);
    const before = { alias: key.alias, description: key.description };
    const after = {
      alias: input.alias === undefined ? key.alias : input.alias,
      description: input.description ?? key.description,
    };
    try {
      await tx.update(kmsKeys).set(after).where(eq(kmsKeys.id, key.id));
    } catch (error) {
      throw violates(error, 'kms_keys_account_id_alias_key') ? aliasTaken(after.alias) : error;
    }
    await audit({
      resourceKind: 'key',
      resourceId: key.id,
      resourceName: after.alias ?? undefined,
      before,
      after,
    });
    return getKeyDetail(tx, key.id);
  },
});
