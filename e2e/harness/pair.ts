import { expect } from '@playwright/test';
import type { KmsKey } from '@/lib/keys/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Invitation, ResourceShare } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import type { Api } from './api';

/** Two accounts' vaults made ready by the API, for specs that are about what comes after. */

export async function makeVault(
  api: Api,
  given: {
    kind: Vault['kind'];
    name: string;
    region: string;
    capacityGib?: number;
    encryption?: Vault['encryption'];
    kmsKey?: string;
  },
): Promise<Vault> {
  const [group] = await api.list<{ id: string }>('/resource-groups');
  const vault = await api.post<Vault>('/vaults', { ...given, resourceGroupId: group?.id });
  const status = async () => (await api.get<Vault>(`/vaults/${vault.id}`)).status;
  await expect.poll(status, { timeout: 30_000 }).toBe('created');
  return vault;
}

export async function makeKey(api: Api, alias: string): Promise<KmsKey> {
  const { id } = await api.post<KmsKey>('/keys', { alias: `alias/${alias}` });
  const key = () => api.get<KmsKey>(`/keys/${id}`);
  await expect.poll(async () => (await key()).state, { timeout: 30_000 }).toBe('enabled');
  return key();
}

/** Shares a target of `target` with the account of `source`, which accepts. */
export async function shareVault(
  source: Api,
  target: Api,
  given: { vaultId: string; name: string; accountId: string },
): Promise<ResourceShare> {
  const { vaultId, name, accountId } = given;
  const principals = [{ type: 'account', id: accountId }];
  const share = await target.post<ResourceShare>('/resource-shares', {
    mode: 'new',
    vaultId,
    name,
    principals,
  });
  const invitations = await source.list<Invitation>('/invitations');
  const invitation = invitations.find(({ shareName }) => shareName === name);
  await source.post(`/invitations/${invitation?.id}/accept`);
  return share;
}

export async function expectCaughtUp(api: Api, replicationId: string): Promise<void> {
  const percent = async () => (await api.get<Replication>(`/replications/${replicationId}`)).history.percent;
  await expect.poll(percent, { timeout: 60_000, intervals: [300] }).toBe(100);
}
