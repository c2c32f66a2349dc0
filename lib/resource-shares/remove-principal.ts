import { writeVerb } from '@/lib/verb';
import { endPrincipal } from './disassociate';
import { removeFromShare } from './end-access';
import { parsePrincipal, RemovePrincipal } from './schemas';

/** Ends one principal's access at once; its open invitation is cancelled and what rests on the share stands still. */
export const removePrincipal = writeVerb({
  action: 'resource_shares.remove_principal',
  permission: 'shares.manage',
  activity: 'stop',
  input: RemovePrincipal,
  async run(args) {
    const principal = parsePrincipal(args.input);
    return removeFromShare(args, {
      noun: 'principal',
      why: ({ name }) => `A principal was removed from the resource share ${name}.`,
      end: (tx, share) => endPrincipal(tx, share, principal, args.now),
      before: { principal },
    });
  },
});
