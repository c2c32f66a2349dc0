'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { regionName } from '@/lib/regions/schemas';
import { shareChangeQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { pausingConsequence, pausingReassurance } from '../../../_components/access-loss/pausing';
import { associationWords } from '../../../_components/shares/principal-words';
import { removeShareVaultAction } from '../../actions';
import { AddVaultsForm } from './add-vaults-form';
import { SharedKeys } from './shared-keys';

type SharedVault = ResourceShare['vaults'][number];

/** The vaults and keys of a share, what was taken out lately, and the replications that rest on it. */
export function ResourcesTab({ share, refusal }: { share: ResourceShare; refusal: string | null }) {
  const [removing, setRemoving] = useState<SharedVault | null>(null);
  return (
    <div className="flex flex-col gap-5">
      <Panel
        title="Shared vaults"
        description="Whoever has accepted the share has accepted what is added later."
      >
        <div className="flex flex-col gap-4">
          <ul
            aria-label={`Vaults of ${share.name}`}
            className="divide-y divide-line rounded-md border border-line"
          >
            {share.vaults.map((vault) => (
              <VaultLine key={vault.id} vault={vault} state={<Status kind="success">Associated</Status>}>
                <Button
                  size="sm"
                  aria-label={`Remove ${vault.name}`}
                  disabledReason={refusal}
                  onClick={() => setRemoving(vault)}
                >
                  Remove
                </Button>
              </VaultLine>
            ))}
            {share.endedVaults.map((vault) => (
              <VaultLine
                key={vault.id}
                vault={vault}
                state={
                  <Status
                    kind={associationWords[vault.status].kind}
                    detail={<RelativeTime at={vault.endedAt} />}
                  >
                    {associationWords[vault.status].word}
                  </Status>
                }
              />
            ))}
            {share.vaults.length + share.endedVaults.length === 0 && (
              <li className="px-3 py-2 text-muted">No vaults.</li>
            )}
          </ul>
          {share.status === 'active' && <AddVaultsForm share={share} refusal={refusal} />}
        </div>
      </Panel>
      <SharedKeys share={share} refusal={refusal} />
      <RunningReplications share={share} />
      {removing && <RemoveVaultDialog share={share} vault={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

interface VaultLineProps {
  vault: SharedVault;
  state: React.ReactNode;
  children?: React.ReactNode;
}

function VaultLine({ vault, state, children }: VaultLineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <span className="min-w-0 flex-1 basis-48">
        <Link
          href={`${sectionHref(vault.region, 'vaults')}/${vault.id}?tab=sharing`}
          className="link font-medium"
        >
          {vault.name}
        </Link>
        <span className="block text-muted text-sm">
          {regionName(vault.region)} · <Id value={vault.id} />
        </span>
      </span>
      <span className="basis-44">{state}</span>
      <span className="flex min-w-20 justify-end">{children}</span>
    </li>
  );
}

function RunningReplications({ share }: { share: ResourceShare }) {
  if (share.activeReplications.length === 0) return null;
  return (
    <Panel title="Running replications" description="They rest on this share and stand still when it ends.">
      <ul className="divide-y divide-line rounded-md border border-line">
        {share.activeReplications.map((replication) => (
          <li key={replication.id} className="px-3 py-2">
            <span className="text-source">
              {replication.sourceVaultName} of {replication.sourceAccountName}
            </span>{' '}
            to <span className="text-target">{replication.targetVaultName}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function RemoveVaultDialog({
  share,
  vault,
  onClose,
}: {
  share: ResourceShare;
  vault: SharedVault;
  onClose: () => void;
}) {
  const preview = useQuery(shareChangeQuery(share.id, { vaultId: vault.id }));
  const { show } = useFlash();
  const remove = useAction(removeShareVaultAction, () => {
    show({ kind: 'success', title: `${vault.name} is no longer in ${share.name}.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Remove vault from share"
      subject={vault.name}
      description={`The principals of ${share.name} can no longer see or choose it. The vault and its backup points stay.`}
      consequences={[pausingConsequence(preview)]}
      reassurance={pausingReassurance}
      confirmLabel="Remove vault from share"
      onConfirm={() => remove.send({ shareId: share.id, vaultId: vault.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
