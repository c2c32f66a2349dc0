import { readVerb } from '@/lib/verb';
import { findDirectory } from './internal';
import { NoInput } from './schemas';

/** The resource directory that the account manages or is a member of: its folders and accounts by name and id. */
export const getDirectory = readVerb({
  action: 'directory.get',
  permission: 'directory.read',
  input: NoInput,
  run: async ({ ctx, tx }) => ({ directory: await findDirectory(tx, ctx.accountId) }),
});
