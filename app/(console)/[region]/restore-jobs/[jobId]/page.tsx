import type { Metadata } from 'next';
import { JobPage } from '@/app/(console)/_components/jobs/job-page';

export const metadata: Metadata = { title: 'Restore job' };

interface PageProps {
  params: Promise<{ region: string; jobId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, jobId } = await params;
  return <JobPage region={region} jobId={jobId} kind="restore" />;
}
