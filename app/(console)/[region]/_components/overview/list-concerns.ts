import { explainWaiting } from '@/components/console/flow-picture/flow-state';
import { sectionHref } from '@/components/console/navigation';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Invitation } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';

export interface Concern {
  id: string;
  kind: 'danger' | 'warning' | 'pending';
  title: string;
  detail: string | null;
  at: string | null;
  href: string;
}

export interface ConcernFacts {
  region: string;
  vaults: Vault[];
  replications: Replication[];
  invitations: Invitation[];
  clients: BackupClient[];
  /** Those that ended failed or partial. */
  jobs: Job[];
  now: Date;
}

const jobDays = 7;

/** What needs someone, the worst first. */
export function listConcerns(facts: ConcernFacts): Concern[] {
  const rank = { danger: 0, warning: 1, pending: 2 };
  return [
    ...facts.vaults.flatMap(concernsOfVault),
    ...facts.replications.flatMap((replication) => concernsOfReplication(replication)),
    ...facts.jobs.flatMap((job) => concernsOfJob(job, facts)),
    ...facts.clients.flatMap((client) => concernsOfClient(client, facts.region)),
    ...facts.invitations.flatMap((invitation) => concernsOfInvitation(invitation, facts.region)),
  ].sort((a, b) => rank[a.kind] - rank[b.kind]);
}

function concernsOfVault(vault: Vault): Concern[] {
  const href = `${sectionHref(vault.region, 'vaults')}/${vault.id}`;
  const { id, name, status, statusReason, kmsKey } = vault;
  if (status === 'error')
    return [{ id, kind: 'danger', title: `Vault ${name} is in error`, detail: statusReason, at: null, href }];
  if (kmsKey && kmsKey.state !== 'enabled' && status !== 'deleting') {
    const detail = `Its KMS key ${kmsKey.alias ?? kmsKey.id} is ${kmsKey.state}.`;
    return [{ id, kind: 'danger', title: `Vault ${name} cannot be read`, detail, at: null, href }];
  }
  return [];
}

function concernsOfReplication({ id, state, side, source, target, ...rest }: Replication): Concern[] {
  if (state !== 'active' || !rest.waitingReason) return [];
  const own = side === 'source' ? source : target;
  return [
    {
      id,
      kind: 'warning',
      title: `Replication of ${source.vaultName} waits`,
      detail: explainWaiting(rest.waitingReason, side),
      at: rest.waitingSince,
      href: `${sectionHref(own.region, 'vaults')}/${own.vaultId}?tab=replication`,
    },
  ];
}

function concernsOfJob(job: Job, { region, now }: ConcernFacts): Concern[] {
  const { id, kind, status, client, finishedAt, error, report } = job;
  if (!finishedAt || now.getTime() - Date.parse(finishedAt) > jobDays * 86_400_000) return [];
  const what = kind === 'backup' ? 'Backup' : 'Restore';
  const isFailed = status === 'failed';
  return [
    {
      id,
      kind: isFailed ? 'danger' : 'warning',
      title: isFailed ? `${what} on ${client.name} failed` : `${what} on ${client.name} is incomplete`,
      detail: isFailed ? (error?.message ?? null) : `${report?.skippedCount ?? 0} items were left out.`,
      at: finishedAt,
      href: `${sectionHref(region, `${kind}-jobs`)}/${id}`,
    },
  ];
}

function concernsOfClient({ id, name, status, lastHeartbeatAt }: BackupClient, region: string): Concern[] {
  if (status !== 'offline') return [];
  return [
    {
      id,
      kind: 'warning',
      title: `Client ${name} is offline`,
      detail: lastHeartbeatAt ? 'Start its daemon on the host.' : 'Its daemon has not been started yet.',
      at: lastHeartbeatAt,
      href: `${sectionHref(region, 'clients')}/${id}`,
    },
  ];
}

function concernsOfInvitation(invitation: Invitation, region: string): Concern[] {
  if (invitation.status !== 'pending') return [];
  return [
    {
      id: invitation.id,
      kind: 'pending',
      title: `${invitation.owner.name} invites you to ${invitation.shareName}`,
      detail: 'Accept or reject the invitation.',
      at: invitation.createdAt,
      href: sectionHref(region, 'shared-with-me'),
    },
  ];
}
