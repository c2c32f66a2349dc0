'use client';

import { useQueries } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { backupPointsQuery } from '@/lib/backup-points/query';
import type { BackupClient } from '@/lib/clients/schemas';
import { jobsQuery } from '@/lib/jobs/query';
import { revokeClientAction } from '../actions';

export function RevokeClientDialog({ client, onClose }: { client: BackupClient; onClose: () => void }) {
  const { show } = useFlash();
  const jobs = useQueries({
    queries: [jobsQuery({ clientId: client.id, status: 'queued,running', limit: 1 })],
  })[0];
  const points = useQueries({
    queries: client.sources.map(({ id }) => backupPointsQuery({ sourceId: id, limit: 1 })),
    combine: (results) =>
      results.every(({ data }) => data)
        ? results.reduce((sum, { data }) => sum + (data?.total ?? 0), 0)
        : null,
  });
  const revoke = useAction(revokeClientAction, () => {
    show({ kind: 'success', title: `Client ${client.name} is revoked.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Revoke client"
      subject={client.name}
      description="This cannot be undone. The host can be enrolled again, as a new client."
      consequences={[
        { label: 'Credential', value: 'Stops working at once' },
        { label: 'Open jobs that fail', value: jobs.data ? plural(jobs.data.total, 'job') : 'Counting…' },
        {
          label: 'Backup points that stay',
          value: points === null ? 'Counting…' : plural(points, 'point'),
        },
      ]}
      reassurance="Its backup points stay and can be restored to any other client."
      typedName={client.name}
      confirmLabel="Revoke client"
      onConfirm={() => revoke.send({ id: client.id, confirm: client.name })}
      isPending={revoke.isPending}
      error={revoke.error?.message}
    />
  );
}
