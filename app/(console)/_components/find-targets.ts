import type { QueryClient } from '@tanstack/react-query';
import { sectionHref } from '@/components/console/navigation';
import type { JumpTarget } from '@/components/console/shell/types';
import { backupPointsQuery } from '@/lib/backup-points/query';
import { clientsQuery } from '@/lib/clients/query';
import { policiesQuery } from '@/lib/policies/query';
import { vaultsQuery } from '@/lib/vaults/query';
import { vaultKinds } from '@/lib/vaults/schemas';

const shownOfEach = 5;

/** Vaults of every region, backup points, clients and policies whose name or id holds the text. */
export async function findTargets(
  queryClient: QueryClient,
  region: string,
  text: string,
  signal: AbortSignal,
): Promise<JumpTarget[]> {
  const [vaults, points, clients, policies] = await Promise.all([
    queryClient.fetchQuery(vaultsQuery({ query: text, limit: shownOfEach })),
    queryClient.fetchQuery(backupPointsQuery({ query: text, limit: shownOfEach })),
    queryClient.fetchQuery(clientsQuery()),
    queryClient.fetchQuery(policiesQuery()),
  ]);
  signal.throwIfAborted();
  const wanted = text.toLowerCase();
  const matchingClients = clients.items.filter(({ id, name, hostname }) =>
    [id, name, hostname].some((value) => value.toLowerCase().includes(wanted)),
  );
  const matchingPolicies = policies.items.filter(({ id, name }) =>
    [id, name].some((value) => value.toLowerCase().includes(wanted)),
  );
  return [
    ...vaults.items.map((vault) => ({
      id: vault.id,
      label: vault.name,
      kind: `${vaultKinds[vault.kind].word} vault`,
      detail: vault.id,
      href: `${sectionHref(vault.region, 'vaults')}/${vault.id}`,
    })),
    ...points.items.map((point) => ({
      id: point.id,
      label: `${point.source.name} in ${point.vault.name}`,
      kind: 'Backup point',
      detail: point.id,
      href: `${sectionHref(point.vault.region, 'backup-points')}/${point.id}`,
    })),
    ...matchingClients.slice(0, shownOfEach).map((client) => ({
      id: client.id,
      label: client.name,
      kind: 'Client',
      detail: client.id,
      href: `${sectionHref(region, 'clients')}/${client.id}`,
    })),
    ...matchingPolicies.slice(0, shownOfEach).map((policy) => ({
      id: policy.id,
      label: policy.name,
      kind: 'Policy',
      detail: policy.id,
      href: `${sectionHref(region, 'policies')}/${policy.id}`,
    })),
  ];
}
