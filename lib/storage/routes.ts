import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { getVaultStorage } from './get-vault-storage';
import { listRegionStorage } from './list-region-storage';
import { rotateVaultKey } from './rotate-vault-key';
import { RegionStorage, VaultStorage, Verification } from './schemas';
import { startVerification } from './start-verification';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/storage/regions',
    tag: 'regions',
    summary: 'List what each region offers, how its zones are and what lies there',
    verb: listRegionStorage,
    response: listOf(RegionStorage),
  }),
  route({
    method: 'GET',
    path: '/vaults/{vaultId}/storage',
    tag: 'vaults',
    summary: 'Get the zones of a vault, its verifications and what they found',
    verb: getVaultStorage,
    response: VaultStorage,
  }),
  route({
    method: 'POST',
    path: '/vaults/{vaultId}/verify',
    tag: 'vaults',
    summary: 'Verify a vault now',
    description:
      'Every byte is read, opened and hashed against its name; damage is healed from another copy.',
    status: 202,
    verb: startVerification,
    response: Verification,
  }),
  route({
    method: 'POST',
    path: '/vaults/{vaultId}/rotate-key',
    tag: 'vaults',
    summary: 'Make a new version of the key of a vault',
    description: 'New data is sealed under it; nothing is rewritten and earlier data stays readable.',
    status: 202,
    verb: rotateVaultKey,
    response: VaultStorage.shape.key,
  }),
];
