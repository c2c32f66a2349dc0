'use client';

import { FileClock, History } from 'lucide-react';
import { JobsTable } from '@/app/(console)/_components/jobs/jobs-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';

export function RestoreJobsPage({ region }: { region: string }) {
  const start = (
    <ButtonLink variant="primary" icon={<History />} href={sectionHref(region, 'restore')}>
      Start restore
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Restore jobs"
        description="Restores that run now and those that ran, with what each has written."
        actions={start}
      />
      <JobsTable
        id="restore-jobs"
        title="Restore jobs"
        region={region}
        kind="restore"
        empty={{
          icon: <FileClock />,
          title: 'No restore has run yet',
          description: 'A restore writes files of a backup point to a host of this account.',
          action: start,
        }}
      />
    </>
  );
}
