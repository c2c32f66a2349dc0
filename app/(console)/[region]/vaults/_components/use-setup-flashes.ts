'use client';

import { useCallback, useEffect, useRef } from 'react';
import { type Flash, useFlash } from '@/components/ui/flash';
import type { Vault } from '@/lib/vaults/schemas';
import { vaultHref } from './vault-columns';

/**
 * Tells what became of vaults that were being set up or deleted when the list was last read. Returns how to watch one
 * that was created or deleted just now: the engine may be done before the list is read again.
 */
export function useSetupFlashes(vaults: Vault[] | undefined): (vault: Vault) => void {
  const { show } = useFlash();
  const seen = useRef(new Map<string, Vault>());
  useEffect(() => {
    if (!vaults) return;
    const now = new Map(vaults.map((vault) => [vault.id, vault]));
    for (const [id, before] of seen.current) {
      const after = now.get(id);
      // An answer that was under way when it was created does not hold it yet.
      if (!after && before.status === 'initializing') now.set(id, before);
      const flash = tellChange(before, after);
      if (flash) show(flash, `vault-${id}`);
    }
    seen.current = now;
  }, [vaults, show]);
  return useCallback(
    (vault) => {
      seen.current.set(vault.id, vault);
      if (vault.status !== 'initializing') return;
      show(
        { kind: 'progress', title: `Vault ${vault.name} is being set up.`, link: linkTo(vault) },
        `vault-${vault.id}`,
      );
    },
    [show],
  );
}

function tellChange(before: Vault, after: Vault | undefined): Flash | null {
  if (before.status === 'deleting' && !after) {
    return { kind: 'success', title: `Vault ${before.name} is deleted.` };
  }
  if (before.status !== 'initializing') return null;
  if (after?.status === 'created') {
    return { kind: 'success', title: `Vault ${after.name} is ready.`, link: linkTo(after) };
  }
  if (after?.status === 'error') {
    const title = `Vault ${after.name} could not be set up.`;
    return { kind: 'danger', title, detail: after.statusReason, link: linkTo(after) };
  }
  return null;
}

const linkTo = (vault: Vault) => ({ label: 'Open vault', href: vaultHref(vault.id, vault.region) });
