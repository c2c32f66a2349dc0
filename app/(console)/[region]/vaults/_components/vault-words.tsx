import { Badge, type BadgeTone } from '@/components/ui/badge';
import { formatDuration, plural } from '@/components/ui/format';
import { Nothing } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { findRegion } from '@/lib/regions/schemas';
import type { Replication } from '@/lib/replication/schemas';
import { type Vault, VaultKind, vaultKinds } from '@/lib/vaults/schemas';

export const kindWords = Object.fromEntries(
  VaultKind.options.map((kind) => [kind, vaultKinds[kind].word]),
) as Record<Vault['kind'], string>;

const kindTones: Record<Vault['kind'], BadgeTone> = {
  standard: 'neutral',
  replication_target: 'target',
  archive: 'accent',
  database: 'accent',
  container: 'accent',
  server_backup: 'accent',
  disk_backup: 'accent',
  trial_oss: 'info',
  trial_nas: 'info',
  trial_tablestore: 'info',
};

export const encryptionWords: Record<Vault['encryption'], string> = {
  service: 'Service-managed',
  kms: 'KMS key',
};

export const statusWords: Record<Vault['status'], { kind: StatusKind; word: string }> = {
  initializing: { kind: 'running', word: 'Setting up' },
  created: { kind: 'success', word: 'Ready' },
  error: { kind: 'danger', word: 'Error' },
  deleting: { kind: 'running', word: 'Deleting' },
};

export function VaultKindBadge({ kind }: { kind: Vault['kind'] }) {
  return <Badge tone={kindTones[kind]}>{kindWords[kind]}</Badge>;
}

export function VaultStatus({ vault, hasReason }: { vault: Vault; hasReason?: boolean }) {
  const { kind, word } = statusWords[vault.status];
  return (
    <Status
      kind={kind}
      detail={
        hasReason && vault.statusReason ? (
          <span className="block min-w-64">{vault.statusReason}</span>
        ) : undefined
      }
    >
      {word}
    </Status>
  );
}

/** What a vault's storage survives, in words. */
export function redundancyWords(redundancy: Vault['redundancy'], regionId: string): string {
  if (redundancy === 'LRS') return 'Locally redundant (LRS)';
  const zones = findRegion(regionId)?.zones ?? 1;
  return zones > 1 ? `Zone-redundant (ZRS), ${zones} zones` : 'Zone-redundant (ZRS)';
}

/** State and lag of a vault's replication in two short lines. */
export function ReplicationCell({ replication }: { replication: Replication | null }) {
  if (!replication) return <Nothing label="Not replicated" />;
  const { kind, word, detail } = readReplication(replication);
  return (
    <Status kind={kind} detail={detail}>
      {word}
    </Status>
  );
}

/** The state of a replication in a word, and the number that matters most about it now. */
export function readReplication(replication: Replication): {
  kind: StatusKind;
  word: string;
  detail: string | null;
} {
  const { state, waitingReason, history, lag } = replication;
  const behind = lag.points > 0 ? `${formatDuration(lag.seconds)} · ${plural(lag.points, 'point')}` : null;
  if (state === 'stopped') return { kind: 'stopped', word: 'Stopped', detail: null };
  if (waitingReason) return { kind: 'waiting', word: 'Waiting', detail: behind };
  if (!history.completedAt)
    return { kind: 'running', word: `Initial sync ${history.percent} %`, detail: behind };
  if (behind) return { kind: 'running', word: 'Behind', detail: behind };
  return { kind: 'success', word: 'Up to date', detail: null };
}
