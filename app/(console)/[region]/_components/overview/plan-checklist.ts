import { sectionHref } from '@/components/console/navigation';
import type { BackupClient } from '@/lib/clients/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Invitation, ResourceShare } from '@/lib/resource-shares/schemas';
import type { Vault } from '@/lib/vaults/schemas';

export interface ChecklistStep {
  title: string;
  isDone: boolean;
  /** What the step is for, or how far it is. */
  detail: string;
  action: { label: string; href: string };
}

export interface Road {
  title: string;
  side: 'source' | 'target';
  steps: ChecklistStep[];
}

export interface ChecklistFacts {
  region: string;
  vaults: Vault[];
  clients: BackupClient[];
  invitations: Invitation[];
  shares: ResourceShare[];
  replications: Replication[];
}

/** The two first runs: keeping a copy elsewhere, and keeping copies of others. Ticks come from what exists. */
export function planChecklist(facts: ChecklistFacts): Road[] {
  return [planSourceRoad(facts), planTargetRoad(facts)];
}

export function isThrough({ steps }: Road): boolean {
  return steps.every((step) => step.isDone);
}

function planSourceRoad({ region, vaults, clients, invitations, replications }: ChecklistFacts): Road {
  const own = vaults.filter(({ kind }) => kind === 'standard');
  const pending = invitations.filter(({ status }) => status === 'pending').length;
  const outgoing = replications.filter(({ side }) => side !== 'target');
  const to = (section: string) => sectionHref(region, section);
  return {
    title: 'Keep a second copy of your backups',
    side: 'source',
    steps: [
      enrolStep(region, clients, 'The client runs on the host whose files you protect.'),
      {
        title: 'Create a vault',
        isDone: own.length > 0,
        detail: 'It holds your backup points.',
        action: { label: 'Create vault', href: `${to('vaults')}?create=vault` },
      },
      {
        title: 'Run a backup',
        isDone: own.some(({ pointCount }) => pointCount > 0),
        detail: 'Of the folders you choose, into that vault.',
        action: { label: 'Open clients', href: to('clients') },
      },
      {
        title: 'Accept a shared target vault',
        isDone: outgoing.length > 0 || invitations.some(({ status }) => status === 'accepted'),
        detail:
          pending > 0
            ? `${pending === 1 ? '1 invitation waits' : `${pending} invitations wait`} for your answer.`
            : 'Another account creates it and shares it with your account UID.',
        action: { label: 'Open invitations', href: to('shared-with-me') },
      },
      {
        title: 'Start the replication',
        isDone: outgoing.length > 0,
        detail: 'From your vault to the shared one; it goes on by itself.',
        action: { label: 'Choose a vault', href: `${to('vaults')}?kind=standard` },
      },
    ],
  };
}

function planTargetRoad({ region, vaults, clients, shares, replications }: ChecklistFacts): Road {
  const targets = vaults.filter(({ kind }) => kind === 'replication_target');
  const incoming = replications.filter(({ side }) => side === 'target');
  const isShared = incoming.length > 0 || shares.some((share) => share.vaults.length > 0);
  const hasAccepted =
    incoming.length > 0 ||
    shares.some((share) => share.principals.some(({ invitationStatus }) => invitationStatus === 'accepted'));
  const to = (section: string) => sectionHref(region, section);
  const first = targets[0];
  return {
    title: 'Keep copies for another account',
    side: 'target',
    steps: [
      {
        title: 'Create a replication target vault',
        isDone: targets.length > 0,
        detail: 'Copies arrive in it, sealed with your key.',
        action: { label: 'Create target vault', href: `${to('vaults')}?create=target` },
      },
      {
        title: 'Share it with that account',
        isDone: isShared,
        detail: 'By its 16-digit account UID.',
        action: {
          label: 'Open the vault',
          href: first ? `${sectionHref(first.region, 'vaults')}/${first.id}?tab=sharing` : to('vaults'),
        },
      },
      {
        title: 'The account accepts',
        isDone: hasAccepted,
        detail: 'It has 7 days to do so.',
        action: { label: 'See invitations', href: to('shared-by-me') },
      },
      {
        title: 'The first copy arrives',
        isDone: incoming.some(({ newestPointAt }) => newestPointAt !== null),
        detail: incoming.length > 0 ? 'It is on its way.' : 'Once that account replicates a vault to yours.',
        action: { label: 'Open vaults', href: `${to('vaults')}?kind=replication_target` },
      },
      enrolStep(region, clients, 'So that you can restore, also when the other account is gone.'),
    ],
  };
}

function enrolStep(region: string, clients: BackupClient[], detail: string): ChecklistStep {
  return {
    title: 'Enrol a backup client',
    isDone: clients.some(({ status }) => status !== 'revoked'),
    detail,
    action: { label: 'Open clients', href: sectionHref(region, 'clients') },
  };
}
