'use client';

import { useEffect, useRef } from 'react';
import { useFlash } from '@/components/ui/flash';
import type { Vault } from '@/lib/vaults/schemas';
import { vaultHref } from './vault-columns';

/** Tells what became of the vaults that were being set up or deleted when the list was last read. */
export function useSetupFlashes(vaults: Vault[] | undefined): void {
  const { show } = useFlash();
  const seen = useRef(new Map<string, Vault>());
  useEffect(() => {
    if (!vaults) return;
    const now = new Map(vaults.map((vault) => [vault.id, vault]));
    for (const [id, before] of seen.current) {
      const after = now.get(id);
      if (before.status === 'deleting' && !after) {
        show({ kind: 'success', title: `Vault ${before.name} is deleted.` }, `vault-${id}`);
      }
      if (before.status !== 'initializing' || !after || after.status === 'initializing') continue;
      const link = { label: 'Open vault', href: vaultHref(id, after.region) };
      show(
        after.status === 'created'
          ? { kind: 'success', title: `Vault ${after.name} is ready.`, link }
          : {
              kind: 'danger',
              title: `Vault ${after.name} could not be set up.`,
              detail: after.statusReason,
              link,
            },
        `vault-${id}`,
      );
    }
    seen.current = now;
  }, [vaults, show]);
}
