'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { jobsQuery } from '@/lib/jobs/query';
import { policyBindingsQuery } from '@/lib/policies/query';
import { type DataSource, findRegisteredKind } from '@/lib/sources/schemas';
import { removeSourceAction } from '../actions';

interface RemoveSourceDialogProps {
  source: DataSource;
  onClose: () => void;
  onRemoved?: () => void;
}

/** What goes with a data source and what stays, before it is removed. */
export function RemoveSourceDialog({ source, onClose, onRemoved }: RemoveSourceDialogProps) {
  const { show } = useFlash();
  const jobs = useQuery(jobsQuery({ sourceId: source.id, status: 'queued,running', limit: 1 }));
  const bindings = useQuery(policyBindingsQuery({ sourceId: source.id }));
  const remove = useAction(removeSourceAction, () => {
    show({ kind: 'success', title: `${source.name} is removed.` });
    onClose();
    onRemoved?.();
  });
  const hasSecret = Boolean(findRegisteredKind(source.kind)?.secret);
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Remove data source"
      subject={source.name}
      description="This cannot be undone. The data source can be registered again, as a new one: its next backup reads everything."
      consequences={[
        ...(hasSecret ? [{ label: 'Its access key', value: 'Forgotten at once' }] : []),
        { label: 'Open jobs that end', value: jobs.data ? plural(jobs.data.total, 'job') : 'Counting…' },
        {
          label: 'Policies that stop backing it up',
          value: bindings.data ? plural(bindings.data.items.length, 'binding') : 'Counting…',
        },
        { label: 'Backup points that stay', value: plural(source.pointCount, 'point') },
      ]}
      reassurance="Its backup points stay until they expire and can be restored to another data source of its kind."
      typedName={source.name}
      confirmLabel="Remove data source"
      onConfirm={() => remove.send({ id: source.id, confirm: source.name })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
