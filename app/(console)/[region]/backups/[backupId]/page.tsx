import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getBackup } from '@/lib/backups';
import { backupQuery } from '@/lib/backups/query';
import { BackupPage } from '../_components/backup-page';

export const metadata: Metadata = { title: 'Backup' };

export default async function Page({ params }: { params: Promise<{ region: string; backupId: string }> }) {
  const { region, backupId } = await params;
  const { queryKey } = backupQuery(backupId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getBackup(ctx, { id: backupId }) }]}>
      <BackupPage region={region} backupId={backupId} />
    </Prefetched>
  );
}
