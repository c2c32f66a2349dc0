'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { Amount } from '@/components/console/amount';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { ErrorState } from '@/components/ui/error-state';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, formatDate, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { lockRehearsalQuery } from '@/lib/vaults/query';
import type { LockRehearsal } from '@/lib/vaults/schemas';
import { lockVaultAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

/** A lock is for ever, so it is rehearsed over the vault as it is before the name is typed. */
export function LockVaultDialog({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  const rehearsal = useQuery(lockRehearsalQuery(vault.id));
  const lock = useAction(lockVaultAction, () => {
    show({ kind: 'success', title: `Vault ${vault.name} is locked.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Lock vault"
      subject={vault.name}
      description="A lock is for ever. Nobody can take it off, not even an administrator or the operator of this installation."
      consequences={rehearsal.data && tellConsequences(rehearsal.data)}
      reassurance="Backups and restores go on as before, and each point still goes when its own retention ends."
      typedName={vault.name}
      confirmLabel="Lock vault"
      onConfirm={() => lock.send({ id: vault.id, confirm: vault.name })}
      isPending={lock.isPending || rehearsal.isPending}
      error={lock.error?.message}
    >
      {rehearsal.data ? (
        <Rehearsal rehearsal={rehearsal.data} />
      ) : rehearsal.error ? (
        <ErrorState onRetry={() => void rehearsal.refetch()}>{rehearsal.error.message}</ErrorState>
      ) : (
        <SkeletonText lines={4} />
      )}
    </ConfirmDialog>
  );
}

function tellConsequences({
  points,
  uncoveredPoints,
  sourceBytes,
  storedBytes,
  ...dates
}: LockRehearsal): Consequence[] {
  return [
    {
      label: 'Covers',
      value: `${plural(points, 'backup point')}, ${formatBytes(sourceBytes)} of source data, and every later one`,
    },
    ...(uncoveredPoints > 0
      ? [
          {
            label: 'Does not cover',
            value: `${plural(uncoveredPoints, 'backup')} shared with this account: the owner can delete ${uncoveredPoints === 1 ? 'it' : 'them'} at any time`,
          },
        ]
      : []),
    ...(dates.firstExpiresAt && dates.lastExpiresAt
      ? [
          { label: 'First to expire', value: <Time at={dates.firstExpiresAt} /> },
          { label: 'Last to expire', value: <Time at={dates.lastExpiresAt} /> },
        ]
      : []),
    {
      label: 'Storage',
      value:
        points > 0 ? (
          <>
            {formatBytes(storedBytes)} stored now: about <Amount {...dates.cost} /> until all of it has
            expired, in {plural(dates.cost.days, 'day')}
          </>
        ) : (
          'Nothing is stored yet. What comes later is kept until it expires'
        ),
    },
  ];
}

function Rehearsal({ rehearsal: { refused, decline } }: { rehearsal: LockRehearsal }) {
  return (
    <section aria-label="Rehearsal" className="rounded-md border border-line p-3 text-sm">
      <h3 className="font-medium">Refused from then on, whoever asks</h3>
      <ul className="mt-1 list-disc space-y-0.5 pl-5 text-muted">
        {refused.map(({ action, until }) => (
          <li key={action}>
            <span className="text-ink">{action}</span>, {until}
          </li>
        ))}
      </ul>
      {decline.length > 1 && (
        <details className="mt-2">
          <summary className="w-fit cursor-pointer rounded-sm text-muted hover:text-ink">
            When the locked points go
          </summary>
          <ol className="mt-1 space-y-0.5 pl-5 tabular-nums">
            {decline.map(({ at, pointsLeft }) => (
              <li key={`${at} ${pointsLeft}`}>
                {formatDate(new Date(at))}: {plural(pointsLeft, 'point')} left
              </li>
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}
