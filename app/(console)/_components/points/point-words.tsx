import { sectionHref } from '@/components/console/navigation';
import { Badge } from '@/components/ui/badge';
import { Nothing, Time } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { HanaLevel } from '@/lib/schemas';
import { isStreamSource, sourceKinds } from '@/lib/sources/schemas';

export function pointHref(point: Pick<BackupPoint, 'id' | 'vault'>): string {
  return `${sectionHref(point.vault.region, 'backup-points')}/${point.id}`;
}

export function restoreHref(point: Pick<BackupPoint, 'id' | 'vault'>): string {
  const search = new URLSearchParams({ vault: point.vault.id, point: point.id });
  return `${sectionHref(point.vault.region, 'restore')}?${search}`;
}

export const hanaLevelWords: Record<HanaLevel, string> = {
  COMPLETE: 'Complete backup',
  DIFFERENTIAL: 'Differential backup',
  INCREMENTAL: 'Incremental backup',
  LOG: 'Log or catalog backup',
};

/** The folders of a point; of an image its tags; of a database what was backed up of it. */
export function contentsOf({ source, paths, image, hana }: BackupPoint): string {
  if (hana) return `${hanaLevelWords[hana.level]} of ${hana.user}`;
  const what = image && image.tags.length > 0 ? image.tags : paths;
  return isStreamSource(source.kind)
    ? `${sourceKinds[source.kind].word}: ${what.join(', ')}`
    : what.join(', ');
}

/** When a replica goes whose source point was archived. */
export function RemovalNote({ point }: { point: BackupPoint }) {
  const { removal } = point;
  if (!removal) return null;
  return (
    <span className="block text-muted text-sm">
      {removal.heldAt ? (
        'Its removal is held'
      ) : (
        <>
          Removed <Time at={removal.removeAt} />
        </>
      )}
    </span>
  );
}

/** Of a copy: where its lifecycle comes from. */
export function Follows({ point: { follows } }: { point: BackupPoint }) {
  if (!follows) return null;
  return (
    <span className="wrap-anywhere block text-muted text-sm">
      {follows.isRunning ? 'Follows ' : 'Came from '}
      {follows.vaultName} of {follows.accountName}
    </span>
  );
}

/** Whether a point has reached the replication target of its vault. */
export function Replicated({ point }: { point: BackupPoint }) {
  switch (point.replicated) {
    case 'yes':
      return <Status kind="success">Copied</Status>;
    case 'pending':
      return <Status kind="pending">Waiting</Status>;
    case 'no':
      return <Status kind="off">Not copied</Status>;
    case 'not_applicable':
      return point.isReplica ? (
        <>
          <Badge tone="target">Second copy</Badge>
          <Follows point={point} />
        </>
      ) : (
        <Nothing label="Its vault is not replicated" />
      );
  }
}
