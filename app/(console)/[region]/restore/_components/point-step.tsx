'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Archive, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { DeletePointDialog } from '@/app/(console)/_components/points/delete-point-dialog';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { formatBytes, formatCount, plural } from '@/components/ui/format';
import { Bytes, RelativeTime, Time } from '@/components/ui/quantities';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { SkeletonText } from '@/components/ui/skeleton';
import { Summary } from '@/components/ui/summary';
import { backupPointPagesQuery } from '@/lib/backup-points/query';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { isWizardKind, kindUis, type WizardKind } from './kinds';
import { dayKey } from './month';
import { PointCalendar } from './point-calendar';

interface PointStepProps {
  vaultId: string;
  /** Null shows points of every kind; the one that is chosen tells it. */
  kind: WizardKind | null;
  value: BackupPoint | null;
  onChange: (point: BackupPoint) => void;
  /** The chosen point was deleted from here. */
  onDeleted: () => void;
}

/** The points of a vault by day and in a list, newest first. */
export function PointStep({ vaultId, kind, value, onChange, onDeleted }: PointStepProps) {
  const filter = { vaultId, sourceKind: kind ?? undefined, limit: 200 };
  const points = useInfiniteQuery(backupPointPagesQuery(filter));
  const [day, setDay] = useState<string | null>(null);
  const items = useMemo(() => points.data?.pages.flatMap((page) => page.items), [points.data]);
  const counts = useMemo(() => countByDay(items ?? []), [items]);
  if (!items) {
    return points.error ? (
      <ErrorState onRetry={() => void points.refetch()}>{points.error.message}</ErrorState>
    ) : (
      <SkeletonText lines={5} />
    );
  }
  const newest = items[0];
  if (!newest) {
    return (
      <EmptyState
        icon={<Archive />}
        title={
          kind
            ? `This vault holds no backup point of ${kindUis[kind].title}`
            : 'This vault holds no backup point yet'
        }
      >
        Go back and choose another vault.
      </EmptyState>
    );
  }
  const shown = day ? items.filter((point) => dayKey(new Date(point.createdAt)) === day) : items;
  const total = points.data?.pages[0]?.total ?? items.length;
  return (
    <div className="grid gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <PointCalendar
        counts={counts}
        newest={new Date((value ?? newest).createdAt)}
        day={day}
        onDayChange={setDay}
      />
      <div className="min-w-0">
        <div className="mb-2 flex min-h-7 flex-wrap items-center justify-between gap-2">
          <p className="text-muted">
            {day ? `${plural(shown.length, 'point')} of that day` : `${plural(total, 'point')}, newest first`}
          </p>
          {day && (
            <Button size="sm" onClick={() => setDay(null)}>
              Show all days
            </Button>
          )}
        </div>
        <div className="max-h-112 overflow-y-auto p-0.5">
          <RadioCards
            label="Backup point"
            value={value?.id ?? ''}
            onValueChange={(id) => {
              const chosen = items.find((point) => point.id === id);
              if (chosen) onChange(chosen);
            }}
            options={shown.map(toCard)}
          />
          {points.hasNextPage && !day && (
            <Button
              className="mt-3"
              isLoading={points.isFetchingNextPage}
              onClick={() => void points.fetchNextPage()}
            >
              Load older points
            </Button>
          )}
        </div>
        <PointDeletion point={value} onDeleted={onDeleted} />
      </div>
    </div>
  );
}

/** Backup data is deleted where it is restored from, that of a detached target too. */
function PointDeletion({ point, onDeleted }: { point: BackupPoint | null; onDeleted: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const refusal = useRefusal('points.delete');
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3 border-line border-t pt-3">
      <p className="min-w-0 flex-1 basis-64 text-muted text-sm">
        {point?.deleteRefusal ?? 'A point that is no longer needed can be deleted here instead.'}
      </p>
      <Button
        size="sm"
        variant="danger-outline"
        icon={<Trash2 />}
        disabledReason={refusal ?? (point ? point.deleteRefusal : 'Choose a backup point first.')}
        onClick={() => setIsOpen(true)}
      >
        Delete backup point
      </Button>
      {isOpen && point && (
        <DeletePointDialog point={point} onClose={() => setIsOpen(false)} onDeleted={onDeleted} />
      )}
    </div>
  );
}

function countByDay(points: BackupPoint[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const point of points) {
    const key = dayKey(new Date(point.createdAt));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function toCard(point: BackupPoint): RadioCard {
  return {
    value: point.id,
    label: (
      <span className="flex flex-wrap items-center gap-2">
        <Time at={point.createdAt} />
        {isWizardKind(point.source.kind) && <Badge>{kindUis[point.source.kind].title}</Badge>}
        {point.isReplica && <Badge tone="target">Second copy</Badge>}
        {point.tier === 'archive' && <Badge tone="accent">Archive</Badge>}
        {point.isLocked && <Badge>Locked</Badge>}
      </span>
    ),
    description: (
      <>
        <span className="wrap-anywhere block">
          {point.source.name} · {point.paths.join(', ')}
        </span>
        Expires <RelativeTime at={point.expiresAt} />
      </>
    ),
    aside: (
      <span className="block text-right tabular-nums">
        {formatBytes(point.sourceBytes)}
        <span className="block">{plural(point.fileCount, 'file')}</span>
      </span>
    ),
  };
}

export function PointReview({ point }: { point: BackupPoint }) {
  return (
    <Summary
      columns={3}
      items={[
        { label: 'Captured', value: <Time at={point.createdAt} /> },
        { label: 'Data source', value: point.source.name },
        { label: 'Expires', value: <Time at={point.expiresAt} /> },
        { label: 'Tier', value: point.tier === 'archive' ? 'Archive' : 'Standard' },
        { label: 'Source data', value: <Bytes value={point.sourceBytes} /> },
        { label: 'Files', value: formatCount(point.fileCount) },
        { label: 'Folders', value: <span className="font-mono text-sm">{point.paths.join(', ')}</span> },
      ]}
    />
  );
}
