import { type Route, route } from '@/lib/api/route';
import { listOf, pageOf } from '@/lib/schemas';
import { createVault } from './create-vault';
import { deleteVault } from './delete-vault';
import { getVault } from './get-vault';
import { keepTrialVault } from './keep-trial-vault';
import { listQuotas } from './list-quotas';
import { listVaults } from './list-vaults';
import { lockVault } from './lock-vault';
import { getDeletionPlan, getLockRehearsal } from './plan-deeds';
import { DeletionPlan, LockRehearsal, Quota, Vault } from './schemas';
import { setVaultTags } from './set-vault-tags';
import { updateVault } from './update-vault';

const vaults = { tag: 'vaults', response: Vault };

export const routes: Route[] = [
  route({
    ...vaults,
    method: 'GET',
    path: '/vaults',
    summary: 'List vaults',
    verb: listVaults,
    response: pageOf(Vault),
  }),
  route({
    ...vaults,
    method: 'POST',
    path: '/vaults',
    summary: 'Create a vault or a replication target vault',
    description: 'It is in status `initializing` until the engine has set it up.',
    status: 201,
    verb: createVault,
  }),
  route({ ...vaults, method: 'GET', path: '/vaults/{id}', summary: 'Get a vault', verb: getVault }),
  route({
    ...vaults,
    method: 'PATCH',
    path: '/vaults/{id}',
    summary: 'Change name, description or resource group of a vault',
    verb: updateVault,
  }),
  route({
    ...vaults,
    method: 'PUT',
    path: '/vaults/{id}/tags',
    summary: 'Give a vault these tags and no others',
    description:
      'At most 20; keys and values of at most 128 characters, no key beginning with `aliyun` or `acs:`.',
    verb: setVaultTags,
  }),
  route({
    ...vaults,
    method: 'GET',
    path: '/vaults/{id}/lock-rehearsal',
    summary: 'Rehearse a lock: what it covers, refuses and costs. Nothing is changed',
    verb: getLockRehearsal,
    response: LockRehearsal,
  }),
  route({
    ...vaults,
    method: 'GET',
    path: '/vaults/{id}/deletion-plan',
    summary: 'List everything that goes with a vault when it is deleted',
    verb: getDeletionPlan,
    response: DeletionPlan,
  }),
  route({
    ...vaults,
    method: 'POST',
    path: '/vaults/{id}/lock',
    summary: 'Lock a vault for ever',
    description:
      'Its backup points can no longer be deleted before they expire. `confirm` is the name of the vault.',
    verb: lockVault,
  }),
  route({
    ...vaults,
    method: 'PUT',
    path: '/vaults/{id}/trial',
    summary: 'Keep a trial vault as a standard vault, or let it be released',
    description:
      'Before the end of the trial this is a choice for then; after it, keeping makes it a standard vault at once.',
    verb: keepTrialVault,
  }),
  route({
    ...vaults,
    method: 'DELETE',
    path: '/vaults/{id}',
    summary: 'Delete a vault with everything in it',
    description:
      'Refused while it replicates, and while it is locked with unexpired points. `confirm` is its name.',
    status: 202,
    verb: deleteVault,
  }),
  route({
    method: 'GET',
    path: '/quotas',
    tag: 'vaults',
    summary: 'List limits and what is used of them',
    verb: listQuotas,
    response: listOf(Quota),
  }),
];
