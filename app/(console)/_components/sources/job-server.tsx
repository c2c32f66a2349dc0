import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import type { Job } from '@/lib/jobs/schemas';

/** Who does the work of a job: a host, or the engine for a registered source. */
export function JobServer({ job, region }: { job: Job; region: string }) {
  const { client } = job;
  if (client.isHost)
    return (
      <Link href={`${sectionHref(region, 'clients')}/${client.id}`} className="link">
        {client.name}
      </Link>
    );
  const source = job.source ?? job.destinationSource;
  if (!source) return client.name;
  return (
    <Link href={`${sectionHref(region, 'data-sources')}/${source.id}`} className="link">
      {source.name}
    </Link>
  );
}
