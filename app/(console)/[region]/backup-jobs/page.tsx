import type { Metadata } from 'next';
import { BackupJobsPage } from './_components/backup-jobs-page';

export const metadata: Metadata = { title: 'Backup jobs' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <BackupJobsPage region={region} />;
}
