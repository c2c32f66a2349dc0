import type { Metadata } from 'next';
import { Prefetched } from '@/app/(console)/_components/prefetched';
import { listProjects } from '@/lib/projects';
import { projectsQuery } from '@/lib/projects/query';
import { CredentialsPage } from './_components/credentials-page';

export const metadata: Metadata = { title: 'My credentials' };

export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  const { queryKey } = projectsQuery();
  return (
    <Prefetched reads={[{ queryKey, read: (ctx) => listProjects(ctx, {}) }]}>
      <CredentialsPage region={region} />
    </Prefetched>
  );
}
