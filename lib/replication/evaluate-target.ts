import { findRegion, regionName } from '@/lib/regions/schemas';
import { type VaultKind, vaultKinds } from '@/lib/vaults/schemas';
import type { IneligibleReason } from './schemas';

type VaultStatus = 'initializing' | 'created' | 'error' | 'deleting';

export interface SourceVault {
  id: string;
  accountId: string;
  kind: VaultKind;
  status: VaultStatus;
  /** For `error`: what is wrong and the way out, for its own account. */
  statusReason?: string | null;
  region: string;
  encryption: 'service' | 'kms';
  /** It has an active replication. */
  isReplicating: boolean;
  isOwnerActive: boolean;
}

export interface CandidateTarget {
  vaultId: string;
  ownerAccountId: string;
  kind: VaultKind;
  status: VaultStatus;
  region: string;
  encryption: 'service' | 'kms';
  /** It serves a replication now or has ever served one. */
  isUsed: boolean;
  isOwnerActive: boolean;
  /** It belongs to the source's account, or a share of it was accepted. */
  isAccessible: boolean;
}

export interface Refusal {
  eligible: false;
  reason: IneligibleReason;
  explanation: string;
}
export type Evaluation = { eligible: true } | Refusal;

/** What the regions file says of a region; another one stands in for it in tests. */
export type RegionOffers = (region: string) => { vaultReplication: boolean } | null;

/**
 * Whether a vault can become the target of a source, and if not, why and the way out. The one place that decides: the
 * list, the start, policies and the API ask it, and the database's `replication_refusal` holds the same in the same order.
 * Reasons about the source come first, because no other target would help.
 */
export function evaluateTarget(
  source: SourceVault,
  candidate: CandidateTarget,
  offers: RegionOffers = findRegion,
): Evaluation {
  if (source.id === candidate.vaultId) {
    return refuse('same_vault', 'A vault cannot be its own second copy. Choose a replication target vault.');
  }
  return (
    evaluateSource(source, offers) ??
    evaluateCandidate(candidate, offers) ??
    evaluatePair(source, candidate) ?? { eligible: true }
  );
}

/** Why a vault cannot be replicated anywhere, or null. */
export function evaluateSource(source: SourceVault, offers: RegionOffers = findRegion): Refusal | null {
  if (source.kind === 'replication_target') {
    return refuse(
      'source_is_replication_target',
      'A replication target vault cannot be replicated further. Choose a standard vault as the source.',
    );
  }
  if (!vaultKinds[source.kind].canReplicate) {
    return refuse(
      'source_kind_without_replication',
      `A vault of the kind ${vaultKinds[source.kind].word} cannot be replicated. Only standard vaults can.`,
    );
  }
  if (!source.isOwnerActive) {
    return refuse(
      'source_account_inactive',
      'The account of the source vault is overdue, suspended or closed: it starts nothing new. What replicates goes on.',
    );
  }
  if (source.isReplicating) {
    return refuse(
      'source_already_replicates',
      'The source vault has a running replication, and it can have one only. Stop that one first.',
    );
  }
  if (source.status !== 'created') {
    const why = source.status === 'error' && source.statusReason;
    return refuse('source_not_ready', why || `The source vault is ${stateOf(source.status)}.`);
  }
  return offers(source.region)?.vaultReplication
    ? null
    : refuse('region_without_replication', `Vaults in ${regionName(source.region)} cannot be replicated.`);
}

function evaluateCandidate(candidate: CandidateTarget, offers: RegionOffers): Refusal | null {
  if (candidate.kind !== 'replication_target') {
    return refuse(
      'not_a_replication_target',
      `This vault is of the kind ${vaultKinds[candidate.kind].word}. Create a replication target vault in the destination account and choose that.`,
    );
  }
  if (candidate.isUsed) {
    return refuse(
      'target_already_used',
      'This vault serves a replication or has served one, and it takes only one in its life. Create a new one.',
    );
  }
  if (!candidate.isOwnerActive) {
    return refuse(
      'target_account_inactive',
      'The account of this vault is overdue, suspended or closed. Its owner has to settle that first.',
    );
  }
  if (candidate.status !== 'created') {
    return refuse('target_not_ready', `The target vault is ${stateOf(candidate.status)}.`);
  }
  return offers(candidate.region)?.vaultReplication
    ? null
    : refuse('region_without_replication', `Vaults in ${regionName(candidate.region)} cannot take replicas.`);
}

function evaluatePair(source: SourceVault, candidate: CandidateTarget): Refusal | null {
  if (source.encryption !== candidate.encryption) {
    const name = { service: 'service-managed', kms: 'KMS' };
    return refuse(
      'encryption_differs',
      `The source vault uses ${name[source.encryption]} encryption and this one ${name[candidate.encryption]}. ` +
        `Both must be the same: create a target with ${name[source.encryption]} encryption.`,
    );
  }
  if (!candidate.isAccessible) {
    return refuse(
      'share_not_accepted',
      'This vault is not shared with the source account, or the invitation has not been accepted. Accept it first.',
    );
  }
  if (source.accountId === candidate.ownerAccountId && source.region === candidate.region) {
    return refuse(
      'same_account_same_region',
      'Both vaults belong to this account and region. Choose a target in another region or another account.',
    );
  }
  return null;
}

function stateOf(status: Exclude<VaultStatus, 'created'>): string {
  return {
    initializing: 'still being made. Wait a moment',
    error: 'in error. Repair it first',
    deleting: 'being deleted. Choose another one',
  }[status];
}

function refuse(reason: IneligibleReason, explanation: string): Refusal {
  return { eligible: false, reason, explanation };
}
