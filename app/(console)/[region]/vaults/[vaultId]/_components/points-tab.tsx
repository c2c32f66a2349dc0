'use client';

import { HardDriveUpload } from 'lucide-react';
import { useState } from 'react';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { PointsTable } from '@/app/(console)/_components/points/points-table';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { sourcesInWords, type Vault, vaultKinds } from '@/lib/vaults/schemas';
import type { VaultTabProps } from './vault-detail';

const emptyWords = {
  backups: 'Each backup of a client into this vault adds a point to restore from.',
  replicas:
    'Copies appear here when another vault replicates into this one. Backups cannot be made into it directly.',
  archived_points:
    'Points move here from standard vaults of this region: by hand, with Archive on a point, or by a policy whose archiving names this vault.',
} as const;

/** Streams come by a command on a host; the vault's id is the part that nobody remembers. */
const streamCommands: Partial<Record<Vault['kind'], string>> = {
  database: 'crossvault dump --name <database> -- <command>',
  container: 'crossvault image --name <image> <file.tar>',
};

function describeEmpty({ id, kind }: Vault): string {
  const command = streamCommands[kind]?.replace(' --name', ` --vault ${id} --name`);
  if (command) return `Backed up by a command on an enrolled host: ${command}`;
  const { intake, sources } = vaultKinds[kind];
  if (intake === 'backups' && !sources.includes('local_file'))
    return `It takes ${sourcesInWords(kind)}. Register one under Data sources and back it up into this vault.`;
  return emptyWords[intake];
}

export function PointsTab({ vault }: VaultTabProps) {
  const [isBackingUp, setIsBackingUp] = useState(false);
  const refusal = useRefusal('backup.run');
  const { intake, sources } = vaultKinds[vault.kind];
  const notReady = vault.status === 'created' ? null : (vault.statusReason ?? 'The vault is not ready.');
  const takesFiles = intake === 'backups' && sources.includes('local_file');
  const button = takesFiles && (
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
          description: describeEmpty(vault),
          action: button,
        }}
      />
      {isBackingUp && (
        <BackUpPanel region={vault.region} vaultId={vault.id} onClose={() => setIsBackingUp(false)} />
      )}
    </>
  );
}
