'use client';

import { useQuery } from '@tanstack/react-query';
import { Archive, History, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { ArchivePointPanel } from '@/app/(console)/_components/points/archive-point-panel';
import { DeletePointDialog } from '@/app/(console)/_components/points/delete-point-dialog';
import { PointTier } from '@/app/(console)/_components/points/point-tier';
import { hanaLevelWords, Replicated, restoreHref } from '@/app/(console)/_components/points/point-words';
import { KeptNewest, KeptNewestNote, PointPolicy } from '@/app/(console)/_components/policies/point-policy';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Badge } from '@/components/ui/badge';
import { Button, ButtonLink } from '@/components/ui/button';
import { Id } from '@/components/ui/copyable';
import { formatCount, formatTime, plural } from '@/components/ui/format';
import { Bytes, Time } from '@/components/ui/quantities';
import { Summary, type SummaryItem } from '@/components/ui/summary';
import { useIsHydrated } from '@/components/ui/use-now';
import { backupPointQuery } from '@/lib/backup-points/query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { isStreamSource } from '@/lib/sources/schemas';
import { PointFiles } from './point-files';
import { PointMoves } from './point-moves';

interface PointPageProps {
  region: string;
  pointId: string;
}

/** One backup point: what it is, and the files in it. */
export function PointPage({ region, pointId }: PointPageProps) {
  const point = useQuery(backupPointQuery(pointId));
  if (point.data) return <LoadedPoint region={region} point={point.data} />;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Backup points', href: sectionHref(region, 'backup-points') },
          { label: pointId },
        ]}
        title="Backup point"
      />
      <LoadPanel query={point} />
    </>
  );
}

function LoadedPoint({ region, point }: { region: string; point: BackupPoint }) {
  const router = useRouter();
  const isHydrated = useIsHydrated();
  const refuse = useRefusals();
  const [isDeleting, setIsDeleting] = useState(false);
  const [isArchiving, setIsArchiving] = useState(false);
  const captured = formatTime(new Date(point.createdAt), isHydrated ? undefined : 'UTC');
  const restoreRefusal = refuse('restore.run');
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Backup points', href: sectionHref(region, 'backup-points') },
          { label: captured },
        ]}
        title={`${point.source.name}, ${captured}`}
        description={<Id value={point.id} cut="whole" />}
        badge={
          <span className="flex flex-wrap items-center gap-2">
            {point.isReplica && <Badge tone="target">Second copy</Badge>}
            {point.tier === 'archive' && <Badge tone="accent">Archive</Badge>}
          </span>
        }
        actions={
          <>
            <Button
              icon={<Trash2 />}
              disabledReason={refuse('points.delete') ?? point.deleteRefusal}
              onClick={() => setIsDeleting(true)}
            >
              Delete
            </Button>
            {!point.isReplica && point.tier === 'standard' && (
              <Button
                icon={<Archive />}
                disabledReason={refuse('points.archive') ?? point.archiveRefusal}
                onClick={() => setIsArchiving(true)}
              >
                Archive
              </Button>
            )}
            {restoreRefusal ? (
              <Button variant="primary" icon={<History />} disabledReason={restoreRefusal}>
                Restore
              </Button>
            ) : (
              <ButtonLink variant="primary" icon={<History />} href={restoreHref(point)}>
                Restore
              </ButtonLink>
            )}
          </>
        }
      />
      <div className="flex flex-col gap-5">
        <PointMoves point={point} />
        <section aria-label="Summary" className="panel p-4">
          <Summary items={summaryOf(point)} />
        </section>
        <PointFiles point={point} refusal={restoreRefusal} />
      </div>
      {isArchiving && <ArchivePointPanel point={point} onClose={() => setIsArchiving(false)} />}
      {isDeleting && (
        <DeletePointDialog
          point={point}
          onClose={() => setIsDeleting(false)}
          onDeleted={() => router.push(sectionHref(region, 'backup-points'))}
        />
      )}
    </>
  );
}

function Tier({ point }: { point: BackupPoint }) {
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <PointTier point={point} />
      {point.archivedAt && (
        <span className="text-muted">
          since <Time at={point.archivedAt} />
        </span>
      )}
    </span>
  );
}

function Image({ image }: { image: NonNullable<BackupPoint['image']> }) {
  const layout = image.format === 'docker' ? 'docker save archive' : 'OCI layout';
  return (
    <>
      {image.tags.map((tag) => (
        <span key={tag} className="block font-mono text-sm">
          {tag}
        </span>
      ))}
      <span className="text-muted">{image.tags.length === 0 ? `Without a tag, ${layout}` : layout}</span>
    </>
  );
}

function summaryOf(point: BackupPoint): SummaryItem[] {
  const { vault } = point;
  return [
    { label: 'Captured', value: <Time at={point.createdAt} /> },
    {
      label: 'Expires',
      value: (
        <>
          <span className="flex flex-wrap items-center gap-x-2">
            <Time at={point.expiresAt} />
            {point.isLocked && <Badge>Locked until then</Badge>}
            <KeptNewest point={point} />
          </span>
          <KeptNewestNote point={point} />
        </>
      ),
    },
    {
      label: 'Vault',
      value: (
        <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link">
          {vault.name}
        </Link>
      ),
    },
    ...(point.image ? [{ label: 'Image', value: <Image image={point.image} /> }] : []),
    { label: 'Tier', value: <Tier point={point} /> },
    { label: 'Policy', value: <PointPolicy point={point} region={vault.region} /> },
    { label: 'Second copy', value: <Replicated point={point} /> },
    { label: 'Source data', value: <Bytes value={point.sourceBytes} /> },
    { label: 'Added to the vault', value: <Bytes value={point.addedBytes} /> },
    {
      label: 'Contents',
      value: `${plural(point.fileCount, 'file')} in ${plural(point.folderCount, 'folder')}`,
    },
    {
      label: 'Left out',
      value: point.skippedCount === 0 ? 'Nothing' : `${formatCount(point.skippedCount)} items`,
    },
    ...(point.hana
      ? [
          { label: 'Backup', value: `${hanaLevelWords[point.hana.level]} of ${point.hana.user}` },
          { label: 'Backup id', value: point.hana.backupId ?? 'None' },
        ]
      : []),
    {
      label: labelOfPaths(point),
      value: <span className="font-mono text-sm">{point.paths.join(', ')}</span>,
      isWide: true,
    },
    ...(point.isReplica
      ? [
          {
            label: 'Copied from',
            value: (
              <>
                Account {point.origin.accountId}, vault <Id value={point.origin.vaultId} />
              </>
            ),
            isWide: true,
          },
          {
            label: 'Lifecycle',
            value: point.follows?.isRunning
              ? `Follows ${point.follows.vaultName} of ${point.follows.accountName}: it expires when that point does, and belongs to no policy. It cannot be changed here.`
              : 'Expires when its source point would. It belongs to no policy, and its retention cannot be changed.',
            isWide: true,
          },
        ]
      : []),
  ];
}

function labelOfPaths({ source, hana }: BackupPoint): string {
  if (hana) return 'Objects';
  return isStreamSource(source.kind) ? 'Stream' : 'Folders';
}
