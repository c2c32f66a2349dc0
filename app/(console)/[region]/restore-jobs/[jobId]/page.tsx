import type { Metadata } from 'next';
import { JobPage } from '@/app/(console)/_components/jobs/job-page';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { getJob } from '@/lib/jobs';
import { jobQuery } from '@/lib/jobs/query';

export const metadata: Metadata = { title: 'Restore job' };

interface PageProps {
  params: Promise<{ region: string; jobId: string }>;
}

export default async function Page({ params }: PageProps) {
  const { region, jobId } = await params;
  const { queryKey } = jobQuery(jobId);
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => getJob(ctx, { id: jobId }) }]}>
      <JobPage region={region} jobId={jobId} kind="restore" />
    </Prefetched>
  );
}
