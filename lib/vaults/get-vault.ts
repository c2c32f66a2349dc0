import { readVerb } from '@/lib/verb';
import { getVaultDto } from './internal';
import { GetVault } from './schemas';

export const getVault = readVerb({
  action: 'vaults.get',
  permission: 'vaults.read',
  input: GetVault,
  run: ({ ctx, tx, input, now }) => getVaultDto(tx, input.id, ctx.accountId, now),
});
