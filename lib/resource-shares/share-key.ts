import { writeVerb } from '@/lib/verb';
import { putIntoShare } from './put-into-share';
import { ShareKey } from './schemas';
import { associateKey, lockSharedKey } from './share-keys';

/** Puts a key into a resource share, a new one or an existing one: its principals may have shared backups opened with it. */
export const shareKey = writeVerb({
  action: 'resource_shares.add_key',
  permission: 'keys.manage',
  activity: 'share',
  input: ShareKey,
  async run(args) {
    // The key before the directory and the share: the order in which the destruction of a key takes them.
    const key = await lockSharedKey(args.tx, args.ctx.accountId, args.input.keyId);
    return putIntoShare(args, {
      associate: (share) => associateKey(args.tx, share, key, args.now),
      added: { keyId: key.id, keyAlias: key.alias },
    });
  },
});
