import { and, eq, notInArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { vaultTags } from '@/db/schema';
import { writeVerb } from '@/lib/verb';
import { getVaultDto, loadVaultForUpdate } from './internal';
import type { Vault } from './schemas';
import { formatTag, TagList } from './tags';

export const SetVaultTags = z.object({ id: z.string(), tags: TagList });

/** Gives a vault these tags and no others. The vault's row is locked, so two editors do not mix. */
export const setVaultTags = writeVerb({
  action: 'vaults.set_tags',
  permission: 'vaults.manage',
  input: SetVaultTags,
  async run({ ctx, tx, input: { id, tags }, now, audit }): Promise<Vault> {
    const vault = await loadVaultForUpdate(tx, id);
    const before = (await getVaultDto(tx, id, ctx.accountId, now)).tags;
    const keys = tags.map(({ key }) => key);
    await tx
      .delete(vaultTags)
      .where(and(eq(vaultTags.vaultId, id), keys.length > 0 ? notInArray(vaultTags.key, keys) : undefined));
    if (tags.length > 0) {
      await tx
        .insert(vaultTags)
        .values(tags.map((tag) => ({ ...tag, accountId: ctx.accountId, vaultId: id })))
        .onConflictDoUpdate({
          target: [vaultTags.vaultId, vaultTags.key],
          set: { value: sql`excluded.value` },
        });
    }
    await audit({
      resourceKind: 'vault',
      resourceId: id,
      resourceName: vault.name,
      before: { tags: before.map(formatTag) },
      after: { tags: tags.map(formatTag) },
    });
    return getVaultDto(tx, id, ctx.accountId, now);
  },
});
