import { writeVerb } from '@/lib/verb';
import { addToShare } from './put-into-share';
import { AddShareKeys } from './schemas';
import { associateKey, lockSharedKey } from './share-keys';

/** Puts up to five keys into a share; whoever has accepted it has them at once. */
export const addShareKeys = writeVerb({
  action: 'resource_shares.add_keys',
  permission: 'keys.manage',
  activity: 'share',
  input: AddShareKeys,
  async run(args) {
    const { ctx, tx, input, now } = args;
    const keys: Awaited<ReturnType<typeof lockSharedKey>>[] = [];
    // Keys before the share, in one order: as the destruction of a key takes them.
    for (const id of [...new Set(input.keyIds)].sort()) keys.push(await lockSharedKey(tx, ctx.accountId, id));
    return addToShare(args, {
      associate: async (share) => {
        for (const key of keys) await associateKey(tx, share, key, now);
      },
      added: { addedKeys: keys.map(({ id, alias }) => ({ id, alias })) },
    });
  },
});
