'use client';

import { useQuery } from '@tanstack/react-query';
import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog, type Consequence } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { policyBindingsQuery } from '@/lib/policies/query';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { deletionPlanQuery } from '@/lib/vaults/query';
import type { DeletionPlan, Vault } from '@/lib/vaults/schemas';
import { deleteVaultAction } from '../actions';
import type { VaultPanelProps } from './use-vault-actions';

interface DeleteVaultDialogProps extends VaultPanelProps {
  onDeleted?: (vault: Vault) => void;
}

/** Names everything that goes with the vault, and what stays elsewhere. */
export function DeleteVaultDialog({ vault, onClose, onDeleted }: DeleteVaultDialogProps) {
  const { show } = useFlash();
  const plan = useQuery(deletionPlanQuery(vault.id));
  const bindings = useQuery(policyBindingsQuery({ vaultId: vault.id })).data?.items ?? [];
  const remove = useAction(deleteVaultAction, (deleted) => {
    show(
      {
        kind: 'info',
        title: `The deletion of vault ${vault.name} has begun.`,
        detail: 'It leaves the list when its storage is freed.',
      },
      `vault-${vault.id}`,
    );
    onClose();
    onDeleted?.(deleted);
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete vault"
      subject={vault.name}
      description="This cannot be undone."
      consequences={[...tellConsequences(vault, plan.data ?? null), ...tellPolicies(bindings)]}
      reassurance={plan.data && tellWhatStays(plan.data)}
      typedName={vault.name}
      confirmLabel="Delete vault"
      onConfirm={() => remove.send({ id: vault.id, confirm: vault.name })}
      isPending={remove.isPending || plan.isPending}
      error={
        remove.error?.message ?? (plan.error && `What goes with it could not be read: ${plan.error.message}`)
      }
    />
  );
}

function tellPolicies(bindings: PolicyBinding[]): Consequence[] {
  if (bindings.length === 0) return [];
  const bound = bindings.map(({ policy, source }) => `${policy.name} for ${source.name}`);
  return [{ label: 'Policies', value: `No longer back up into it: ${bound.join(', ')}` }];
}

function tellConsequences(vault: Vault, plan: DeletionPlan | null): Consequence[] {
  const { points, sourceBytes, storedBytes } = plan ?? {
    points: vault.pointCount,
    sourceBytes: vault.sourceBytes,
    storedBytes: vault.storedBytes,
  };
  const size = [
    { label: 'Backup points', value: `${plural(points, 'point')} deleted` },
    { label: 'Source data', value: `${formatBytes(sourceBytes)} can no longer be restored from here` },
    { label: 'Stored data', value: `${formatBytes(storedBytes)} removed from storage` },
  ];
  if (!plan) return size;
  const history = plan.replications.filter(({ goesWithVault }) => goesWithVault);
  return [
    ...size,
    ...(plan.oldestAt && plan.newestAt
      ? [
          {
            label: 'Captured',
            value: (
              <>
                from <Time at={plan.oldestAt} /> to <Time at={plan.newestAt} />
              </>
            ),
          },
        ]
      : []),
    ...(plan.lastExpiresAt ? [{ label: 'Would have expired', value: <Time at={plan.lastExpiresAt} /> }] : []),
    ...(plan.jobs.length > 0
      ? [{ label: 'Running jobs', value: `${tellJobs(plan.jobs)}, which will fail` }]
      : []),
    ...(plan.shares.length > 0
      ? [{ label: 'Resource shares', value: `${listOf(plan.shares)}: they lose this vault` }]
      : []),
    ...history.map((one) => ({
      label: 'Replication history',
      value: `of ${one.partnerVaultName} of ${one.partnerAccountName}, for both accounts`,
    })),
  ];
}

function tellWhatStays({ replications }: DeletionPlan): string | undefined {
  const copies = replications.filter(({ goesWithVault }) => !goesWithVault);
  if (copies.length === 0) return undefined;
  const places = copies.map((one) => `${one.partnerVaultName} of ${one.partnerAccountName}`).join(', ');
  return `What was copied to ${places} stays there and can be restored.`;
}

function tellJobs(jobs: DeletionPlan['jobs']): string {
  const count = (kind: string) => jobs.filter((job) => job.kind === kind).length;
  const parts = [
    count('restore') > 0 && plural(count('restore'), 'restore'),
    count('backup') > 0 && plural(count('backup'), 'backup'),
  ];
  return parts.filter(Boolean).join(' and ');
}

const listOf = (shares: DeletionPlan['shares']) => shares.map(({ name }) => name).join(', ');
