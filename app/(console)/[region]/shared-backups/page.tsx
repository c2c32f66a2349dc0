import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listReceivedBackupShares } from '@/lib/backup-shares';
import { receivedBackupSharesQuery } from '@/lib/backup-shares/query';
import { SharedBackupsPage } from './_components/shared-backups-page';

export const metadata: Metadata = { title: 'Backups shared with me' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = receivedBackupSharesQuery(region);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listReceivedBackupShares(ctx, { region }) }]}>
      <SharedBackupsPage region={region} />
    </Prefetched>
  );
}
