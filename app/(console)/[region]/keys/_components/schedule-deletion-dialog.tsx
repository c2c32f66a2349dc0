'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { useFlash } from '@/components/ui/flash';
import { formatDate } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { useNow } from '@/components/ui/use-now';
import { keyQuery } from '@/lib/keys/query';
import { deletionDate } from '@/lib/keys/rules';
import { type KmsKeyDetail, maxWaitDays, minWaitDays } from '@/lib/keys/schemas';
import { scheduleKeyDeletionAction } from '../actions';
import { AffectedVaults, sumOf } from './affected-vaults';

function lockRefusal(detail: KmsKeyDetail | undefined): string | undefined {
  const locked = detail?.vaults.filter(({ lockedUntil }) => lockedUntil !== null) ?? [];
  if (locked.length === 0) return undefined;
  return `This key opens locked backup points in ${locked.map(({ name }) => name).join(', ')}. It stays until they have expired.`;
}

export function ScheduleDeletionDialog({ keyId, onClose }: { keyId: string; onClose: () => void }) {
  const { show } = useFlash();
  const [days, setDays] = useState(String(maxWaitDays));
  const now = useNow(60_000);
  const detail = useQuery({ ...keyQuery(keyId), staleTime: 0 });
  const schedule = useAction(scheduleKeyDeletionAction, (key) => {
    show({
      kind: 'success',
      title: `Key ${key.alias ?? key.id} is to be destroyed on ${formatDate(new Date(key.deletionAt ?? 0))}.`,
      detail: 'Until then it can be cancelled here.',
    });
    onClose();
  });
  const wait = Number(days);
  const isFitting = Number.isInteger(wait) && wait >= minWaitDays && wait <= maxWaitDays;
  const at = now && isFitting ? formatDate(deletionDate(now, wait)) : null;
  const lost = detail.data && detail.data.vaults.length > 0 ? sumOf(detail.data) : null;
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Schedule key deletion"
      subject={detail.data?.alias ?? keyId}
      description="The key is shut at once. When the waiting time is over its material is destroyed for ever, and only a copy that the operator exported before still opens what it has sealed."
      consequences={[
        { label: 'Shut at once', value: 'Backups, restores, downloads and replication of these vaults' },
        {
          label: at ? `Unreadable from ${at}` : 'Unreadable then',
          value: <AffectedVaults detail={detail.data} />,
        },
        ...(lost ? [{ label: 'Lost with them', value: lost }] : []),
      ]}
      reassurance="Until the day comes the deletion can be cancelled, and the vaults open again. Second copies in replication target vaults under another key stay readable."
      typedName={keyId}
      confirmLabel="Schedule deletion"
      onConfirm={() => schedule.send({ id: keyId, waitDays: days, confirm: keyId })}
      isPending={schedule.isPending}
      error={schedule.error?.message ?? detail.error?.message ?? lockRefusal(detail.data)}
    >
      <Field
        label="Waiting time, days"
        hint={at ? `Destroyed on ${at}. You are warned a week and a day before.` : undefined}
        error={
          schedule.fields.waitDays ??
          (isFitting ? undefined : `A whole number of days from ${minWaitDays} to ${maxWaitDays}.`)
        }
        isRequired
      >
        <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
      </Field>
    </ConfirmDialog>
  );
}
