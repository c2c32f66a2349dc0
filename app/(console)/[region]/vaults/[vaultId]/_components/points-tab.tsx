'use client';

import { HardDriveUpload } from 'lucide-react';
import { useState } from 'react';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { PointsTable } from '@/app/(console)/_components/points/points-table';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import type { VaultTabProps } from './vault-detail';

export function PointsTab({ vault }: VaultTabProps) {
  const [isBackingUp, setIsBackingUp] = useState(false);
  const refusal = useRefusal('backup.run');
  const isTarget = vault.kind === 'replication_target';
  const notReady = vault.status === 'created' ? null : 'The vault is not ready.';
  const button = !isTarget && (
    <Button
      icon={<HardDriveUpload />}
      disabledReason={refusal ?? notReady}
      onClick={() => setIsBackingUp(true)}
    >
      Back up into this vault
    </Button>
  );
  return (
    <>
      <PointsTable
        id="vault-points"
        urlPrefix="points."
        filter={{ vaultId: vault.id }}
        hiddenColumn="vault"
        actions={button}
        empty={{
          title: 'No backup points yet',
          description: isTarget
            ? 'Copies appear here when another vault replicates into this one. Backups cannot be made into it directly.'
            : 'Each backup of a client into this vault adds a point to restore from.',
          action: button,
        }}
      />
      {isBackingUp && (
        <BackUpPanel region={vault.region} vaultId={vault.id} onClose={() => setIsBackingUp(false)} />
      )}
    </>
  );
}
