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

export type Answer = 'pending' | 'accepted' | 'rejected' | 'cancelled';

export interface ModelInvitation {
  id: string;
  shareId: string;
  recipientId: string;
  answer: Answer;
}

export interface ModelShare {
  id: string;
  name: string;
  ownerId: string;
  vaultIds: Set<string>;
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
    return [...this.invitations.values()].some(({ shareId, recipientId, answer }) => {
      const share = this.shares.get(shareId)!;
      return (
        recipientId === accountId && answer === 'accepted' && !share.isDeleted && share.vaultIds.has(vaultId)
      );
    });
  }

  mayCopy({ targetVaultId, targetAccountId, sourceAccountId }: ModelReplication): boolean {
    return (
      this.standing.get(targetAccountId) === 'active' &&
      (sourceAccountId === targetAccountId || this.hasGrant(targetVaultId, sourceAccountId))
    );
  }
}
