'use client';

import { HardDriveUpload } from 'lucide-react';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { JobsTable } from '@/app/(console)/_components/jobs/jobs-table';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';

export function BackupJobsPage({ region }: { region: string }) {
  const [isStarting, setIsStarting] = useQueryState('start', parseAsBoolean.withDefault(false));
  const refusal = useRefusal('backup.run');
  const start = (
    <Button
      variant="primary"
      icon={<HardDriveUpload />}
      disabledReason={refusal}
      onClick={() => void setIsStarting(true)}
    >
      Start backup
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Backup jobs"
        description="Backups that run now and those that ran, on all clients of this account."
        actions={start}
      />
      <JobsTable
        id="backup-jobs"
        title="Backup jobs"
        region={region}
        kind="backup"
        empty={{
          icon: <HardDriveUpload />,
          title: 'No backup has run yet',
          description: 'A job reads folders of an enrolled host and makes one backup point in a vault.',
          action: start,
        }}
      />
      {isStarting && <BackUpPanel region={region} onClose={() => setIsStarting(null)} />}
    </>
  );
}
