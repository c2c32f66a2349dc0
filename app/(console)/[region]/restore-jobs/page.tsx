import type { Metadata } from 'next';
import { RestoreJobsPage } from './_components/restore-jobs-page';

export const metadata: Metadata = { title: 'Restore jobs' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  return <RestoreJobsPage region={region} />;
}
