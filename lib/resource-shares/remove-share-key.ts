import { writeVerb } from '@/lib/verb';
import { endKey } from './disassociate';
import { removeFromShare } from './end-access';
import { RemoveShareKey } from './schemas';

/** Takes a key out of a share; shared backups under it that are still to be copied stand still. What was copied stays. */
export const removeShareKey = writeVerb({
  action: 'resource_shares.remove_key',
  permission: 'keys.manage',
  activity: 'stop',
  input: RemoveShareKey,
  async run(args) {
    const { keyId } = args.input;
    return removeFromShare(args, {
      noun: 'key',
      why: ({ name }) => `The key was taken out of the resource share ${name}.`,
      end: (tx, share) => endKey(tx, share, keyId, args.now),
      before: { keyId },
    });
  },
});
