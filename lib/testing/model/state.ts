export interface ModelVault {
  id: string;
  accountId: string;
  name: string;
  kind: 'standard' | 'replication_target' | 'archive';
  region: string;
  encryption: 'service' | 'kms';
  status: 'initializing' | 'created' | 'deleting';
  isLocked: boolean;
}

/** A point that is visible: a backup, or a replica of one. */
export interface ModelPoint {
  id: string;
  vaultId: string;
  /** The backup that it is or copies. */
  originId: string;
}

/** What was backed up once; it stays known when every copy of it has gone. */
export interface ModelBackup {
  vaultId: string;
  hashes: Record<string, string>;
  isExpired: boolean;
}

export type Answer = 'pending' | 'accepted' | 'rejected' | 'cancelled' | 'failed';

export interface ModelInvitation {
  id: string;
  shareId: string;
  recipientId: string;
  answer: Answer;
}

export interface ModelPrincipal {
  type: 'account' | 'directory' | 'folder';
  id: string;
}

export interface ModelDirectory {
  id: string;
  managementId: string;
  isSharing: boolean;
  /** Every folder's parent; the root has none. */
  parents: Map<string, string | null>;
  /** Every member's folder; the management account has none. */
  members: Map<string, string | null>;
}

export interface ModelDirectoryInvitation {
  id: string;
  directoryId: string;
  recipientId: string;
  folderId: string;
  isOpen: boolean;
}

export interface ModelShare {
  id: string;
  name: string;
  ownerId: string;
  vaultIds: Set<string>;
  /** Principals inside the directory: nothing has to be accepted. */
  inside: ModelPrincipal[];
  isDeleted: boolean;
}

export interface ModelReplication {
  id: string;
  sourceAccountId: string;
  sourceVaultId: string;
  sourceVaultName: string;
  targetAccountId: string;
  targetVaultId: string;
  isActive: boolean;
  /** Backups that were copied or are not to be: they never come again. */
  settled: Set<string>;
}

export class State {
  readonly standing = new Map<string, 'active' | 'overdue'>();
  readonly vaults = new Map<string, ModelVault>();
  readonly points = new Map<string, ModelPoint>();
  readonly backups = new Map<string, ModelBackup>();
  readonly shares = new Map<string, ModelShare>();
  readonly invitations = new Map<string, ModelInvitation>();
  readonly directories = new Map<string, ModelDirectory>();
  readonly directoryInvitations = new Map<string, ModelDirectoryInvitation>();
  readonly replications = new Map<string, ModelReplication>();

  get accountIds(): string[] {
    return [...this.standing.keys()];
  }

  pointsOf(vaultId: string): ModelPoint[] {
    return [...this.points.values()].filter((point) => point.vaultId === vaultId);
  }

  unexpiredOf(vaultId: string): ModelPoint[] {
    return this.pointsOf(vaultId).filter(({ originId }) => !this.backups.get(originId)!.isExpired);
  }

  /** Active replications with the vault at either end. */
  replicationsOf(vaultId: string): ModelReplication[] {
    return [...this.replications.values()].filter(
      ({ isActive, sourceVaultId, targetVaultId }) =>
        isActive && [sourceVaultId, targetVaultId].includes(vaultId),
    );
  }

  hasServed(targetVaultId: string): boolean {
    return [...this.replications.values()].some((one) => one.targetVaultId === targetVaultId);
  }

  hasGrant(vaultId: string, accountId: string): boolean {
    return [...this.shares.values()].some(
      (share) =>
        !share.isDeleted &&
        share.vaultIds.has(vaultId) &&
        (this.#hasAccepted(share, accountId) || this.#isReachedInside(share, accountId)),
    );
  }

  #hasAccepted({ id }: ModelShare, accountId: string): boolean {
    return [...this.invitations.values()].some(
      ({ shareId, recipientId, answer }) =>
        shareId === id && recipientId === accountId && answer === 'accepted',
    );
  }

  #isReachedInside({ ownerId, inside }: ModelShare, accountId: string): boolean {
    const directory = this.sharingDirectoryOf(ownerId);
    const folderId = directory?.members.get(accountId);
    if (!directory || folderId === undefined || accountId === ownerId) return false;
    return inside.some(({ type, id }) => {
      if (type === 'account') return id === accountId;
      if (type === 'directory') return folderId !== null;
      for (let at = folderId; at; at = directory.parents.get(at) ?? null) if (at === id) return true;
      return false;
    });
  }

  directoryOf(accountId: string): ModelDirectory | undefined {
    return [...this.directories.values()].find(({ members }) => members.has(accountId));
  }

  /** The directory in which the account shares without invitations. */
  sharingDirectoryOf(accountId: string): ModelDirectory | undefined {
    const directory = this.directoryOf(accountId);
    return directory?.isSharing ? directory : undefined;
  }

  mayCopy({ targetVaultId, targetAccountId, sourceAccountId }: ModelReplication): boolean {
    return (
      this.standing.get(targetAccountId) === 'active' &&
      (sourceAccountId === targetAccountId || this.hasGrant(targetVaultId, sourceAccountId))
    );
  }
}
