import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getBackupPoint } from '@/lib/backup-points';
import { backupPointQuery } from '@/lib/backup-points/query';
import { PointPage } from '../_components/point-page';

export const metadata: Metadata = { title: 'Backup point' };

interface PageProps {
  params: Promise<{ region: string; pointId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, pointId } = await params;
  const { queryKey } = backupPointQuery(pointId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getBackupPoint(ctx, { id: pointId }) }]}>
      <PointPage region={region} pointId={pointId} />
    </Prefetched>
  );
}
