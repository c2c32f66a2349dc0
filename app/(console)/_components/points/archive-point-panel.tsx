'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Bytes, Time } from '@/components/ui/quantities';
import { type RadioCard, RadioCards } from '@/components/ui/radio-cards';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { Summary } from '@/components/ui/summary';
import { archiveVaultRefusal } from '@/lib/backup-points/archive-rules';
import { type BackupPoint, leastArchiveDays, leastStandardDays } from '@/lib/backup-points/schemas';
import { allVaultsQuery, vaultQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { archiveBackupPointAction } from './actions';
import { ArchivePrice } from './archive-price';

interface ArchivePointPanelProps {
  point: BackupPoint;
  onClose: () => void;
}

const ownTier = 'own';

/** What archiving a point does, where it may go, and what follows at the replication target. */
export function ArchivePointPanel({ point, onClose }: ArchivePointPanelProps) {
  const { show } = useFlash();
  const [destination, setDestination] = useState(ownTier);
  const vault = useQuery(vaultQuery(point.vault.id)).data;
  const vaults = useQuery(allVaultsQuery()).data ?? [];
  const archive = useAction(archiveBackupPointAction, () => {
    show({
      kind: 'info',
      title: `The backup point of ${point.source.name} is on its way to the archive.`,
      detail: 'It stays where it is, restorable, until its data has been copied.',
    });
    onClose();
  });
  const archiveVaultId = destination === ownTier ? null : destination;
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Archive backup point"
      description={`${point.source.name} in ${point.vault.name}`}
    >
      <PanelBody>
        <Summary
          columns={2}
          className="rounded-md bg-sunken p-3"
          items={[
            { label: 'Captured', value: <Time at={point.createdAt} /> },
            { label: 'Expires', value: <Time at={point.expiresAt} /> },
            { label: 'Source data', value: <Bytes value={point.sourceBytes} /> },
            { label: 'Files', value: plural(point.fileCount, 'file') },
          ]}
        />
        <div className="flex flex-col gap-2">
          <h3 className="font-medium">Where to</h3>
          <RadioCards
            label="Where to"
            value={destination}
            onValueChange={setDestination}
            options={[ownCard(point), ...(vault ? archiveCards(vault, vaults) : [])]}
          />
          {archive.fields.archiveVaultId && (
            <p className="text-danger text-sm">{archive.fields.archiveVaultId}</p>
          )}
        </div>
        <WhatHappens leavesVault={archiveVaultId !== null} />
        {vault && <ReplicaNotice vault={vault} />}
        <ArchivePrice point={point} />
        <FormError error={archive.error} />
      </PanelBody>
      <PanelFooter>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          isLoading={archive.isPending}
          disabledReason={point.archiveRefusal}
          onClick={() => archive.send({ id: point.id, archiveVaultId })}
        >
          Archive backup point
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}

function ownCard(point: BackupPoint): RadioCard {
  return {
    value: ownTier,
    label: 'Archive tier of its own vault',
    description: `The point stays in ${point.vault.name} and is marked Archive.`,
  };
}

function archiveCards(from: Vault, vaults: readonly Vault[]): RadioCard[] {
  return vaults
    .filter(({ kind }) => kind === 'archive')
    .map((to) => ({
      value: to.id,
      label: `Archive vault ${to.name}`,
      description: `The point moves out of ${from.name}, under the key of ${to.name}.`,
      disabledReason:
        from.lockedAt === null
          ? archiveVaultRefusal(from, to)
          : 'The vault of the point is locked, so its points stay in it.',
    }));
}

function WhatHappens({ leavesVault }: { leavesVault: boolean }) {
  return (
    <ul className="flex list-disc flex-col gap-1 pl-5 text-muted">
      <li>Its data is copied and sealed anew. The point stays restorable all the time, and afterwards.</li>
      <li>What no other point of the vault uses is then freed in the standard tier.</li>
      <li>
        It keeps its expiry and cannot come back. Points stay {leastStandardDays} days in the standard tier
        first and at least {leastArchiveDays} days in the archive.
      </li>
      {leavesVault && <li>It gets a new id in the archive vault; its jobs lead there.</li>}
    </ul>
  );
}

/** The source is told what its target does, before it archives. */
function ReplicaNotice({ vault }: { vault: Vault }) {
  const { replication } = vault;
  if (replication?.state !== 'active' || replication.source.vaultId !== vault.id) return null;
  const { target, targetGuardDays: days } = replication;
  return (
    <Callout kind="warning" title={`Its copy in ${target.vaultName} goes too`}>
      The archive is not replicated. {target.accountName} is told and its copy is removed{' '}
      {days === 0 ? 'at once' : `after ${plural(days, 'day')}`}, unless it is held there.
    </Callout>
  );
}
