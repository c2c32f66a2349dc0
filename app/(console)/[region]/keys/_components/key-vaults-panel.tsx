'use client';

import { useQuery } from '@tanstack/react-query';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { keyQuery } from '@/lib/keys/query';
import { type KmsKey, keyTrouble } from '@/lib/keys/schemas';
import { AffectedVaults } from './affected-vaults';

/** What stands under a key, and what its state means for it. */
export function KeyVaultsPanel({ kmsKey, onClose }: { kmsKey: KmsKey; onClose: () => void }) {
  const detail = useQuery({ ...keyQuery(kmsKey.id), staleTime: 0 });
  const trouble = keyTrouble({
    state: kmsKey.state,
    deletionAt: kmsKey.deletionAt ? new Date(kmsKey.deletionAt) : null,
  });
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Vaults under this key"
      description={kmsKey.alias ?? kmsKey.id}
    >
      <PanelBody>
        {trouble && kmsKey.vaultCount > 0 && (
          <Callout kind="warning" title={`The key ${trouble.what}`}>
            {trouble.wayOut}
          </Callout>
        )}
        {detail.error ? (
          <Callout kind="danger">{detail.error.message}</Callout>
        ) : (
          <AffectedVaults detail={detail.data} />
        )}
      </PanelBody>
      <PanelFooter>
        <Button onClick={onClose}>Close</Button>
      </PanelFooter>
    </SidePanel>
  );
}
