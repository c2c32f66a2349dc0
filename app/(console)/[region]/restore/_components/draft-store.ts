'use client';

import { useCallback, useEffect, useState } from 'react';
import type { RestoreDraft } from './draft';

const key = 'crossvault.restore';

/** Of the tab: what was entered survives a reload, and never reaches another tab. */
export function readDraft(): Partial<RestoreDraft> | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Partial<RestoreDraft> | null;
  } catch {
    return null;
  }
}

export function forgetDraft(): void {
  sessionStorage.removeItem(key);
}

/** The draft, kept with the tab; its kind, vault, point and step stand in the address too, so that it can be sent on. */
export function useDraft(initial: RestoreDraft, step: string) {
  const [draft, setDraft] = useState(initial);
  useEffect(() => {
    const search = new URLSearchParams();
    const chosen = { kind: draft.kind, vault: draft.vaultId, point: draft.point?.id, step };
    for (const [name, value] of Object.entries(chosen)) if (value) search.set(name, value);
    window.history.replaceState(null, '', `?${search}`);
    sessionStorage.setItem(key, JSON.stringify({ ...draft, step }));
  }, [draft, step]);
  const change = useCallback((next: (old: RestoreDraft) => RestoreDraft) => setDraft(next), []);
  return [draft, change] as const;
}
