'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { Backup } from '@/lib/backups/schemas';
import { BackupField } from './backup-field';

interface RestoreIntoPanelProps {
  what: 'disk' | 'server';
  name: string;
  region: string;
  /** Backups of one kind only. */
  kind?: Backup['kind'];
  description: string;
  /** What is lost, in words. */
  replaced: string;
  isPending: boolean;
  error: string | undefined;
  onRestore: (pointId: string) => void;
  onClose: () => void;
}

/** Chooses a backup, then asks for the name of what it replaces. */
export function RestoreIntoPanel(props: RestoreIntoPanelProps) {
  const { what, name, region, kind, description, replaced, isPending, error, onRestore, onClose } = props;
  const [pointId, setPointId] = useState('');
  const [isSure, setIsSure] = useState(false);
  if (isSure) {
    return (
      <ConfirmDialog
        isOpen
        onOpenChange={(isOpen) => !isOpen && setIsSure(false)}
        title={`Restore into ${what}`}
        subject={name}
        consequences={[
          { label: 'Replaced', value: replaced },
          { label: 'Until then', value: 'Everything stays as it is; a restore that fails changes nothing.' },
        ]}
        typedName={name}
        confirmLabel={`Restore into ${what}`}
        isPending={isPending}
        error={error}
        onConfirm={() => onRestore(pointId)}
      />
    );
  }
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Restore a backup into a ${what}`}
      description={description}
    >
      <PanelBody>
        <BackupField region={region} kind={kind} value={pointId} onValueChange={setPointId} />
      </PanelBody>
      <PanelFooter>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabledReason={pointId ? null : 'Choose a backup.'}
          onClick={() => setIsSure(true)}
        >
          Go on
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}
