'use client';

import { Button } from '@/components/ui/button';
import { useFlash } from '@/components/ui/flash';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { EditVaultForm } from './edit-vault-form';
import type { VaultPanelProps } from './use-vault-actions';

export function EditVaultPanel({ vault, onClose }: VaultPanelProps) {
  const { show } = useFlash();
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Edit vault"
      description={vault.id}
    >
      <EditVaultForm
        vault={vault}
        onDone={(saved) => {
          show({ kind: 'success', title: `Vault ${saved.name} is saved.` });
          onClose();
        }}
        layout={(fields, submit) => (
          <>
            <PanelBody>{fields}</PanelBody>
            <PanelFooter>
              <Button onClick={onClose}>Cancel</Button>
              {submit}
            </PanelFooter>
          </>
        )}
      />
    </SidePanel>
  );
}
