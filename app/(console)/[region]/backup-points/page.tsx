import type { Metadata } from 'next';
import { BackupPointsPage } from './_components/backup-points-page';

export const metadata: Metadata = { title: 'Backup points' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <BackupPointsPage region={region} />;
}
