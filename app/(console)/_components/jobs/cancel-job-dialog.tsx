'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes, plural } from '@/components/ui/format';
import type { Job } from '@/lib/jobs/schemas';
import { cancelJobAction } from './actions';
import { jobSubject } from './job-words';

export function CancelJobDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const cancel = useAction(cancelJobAction, onClose);
  const isBackup = job.kind === 'backup';
  const done = `${formatBytes(job.progress.bytesDone)} in ${plural(job.progress.itemsDone, 'file')}`;
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Cancel ${job.kind}`}
      subject={`${jobSubject(job)} on ${job.client.name}`}
      isDanger={false}
      consequences={[
        { label: 'Done so far', value: done },
        {
          label: 'After this',
          value: isBackup
            ? 'No backup point is made. Data that was sent is reused by the next backup, or collected.'
            : 'What has been written stays where it is. Nothing is rolled back.',
        },
      ]}
      confirmLabel={`Cancel ${job.kind}`}
      onConfirm={() => cancel.send({ id: job.id })}
      isPending={cancel.isPending}
      error={cancel.error?.message}
    />
  );
}
