'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { z } from 'zod';

const TablePreferences = z.object({
  hiddenColumns: z.array(z.string()),
  isCompact: z.boolean(),
  pageSize: z.union([z.literal(10), z.literal(25), z.literal(50), z.literal(100)]),
});
export type TablePreferences = z.infer<typeof TablePreferences>;

const changed = 'crossvault:table-preferences';

function subscribe(listener: () => void): () => void {
  window.addEventListener(changed, listener);
  window.addEventListener('storage', listener);
  return () => {
    window.removeEventListener(changed, listener);
    window.removeEventListener('storage', listener);
  };
}

function parsePreferences(text: string | null): Partial<TablePreferences> {
  if (!text) return {};
  try {
    return TablePreferences.partial().parse(JSON.parse(text));
  } catch {
    // Preferences of an older release, or edited by hand: the defaults stand in for them.
    return {};
  }
}

/** Columns, density and page size: the reader's own, kept in this browser rather than in a link. */
export function useTablePreferences(id: string, hiddenAtFirst: string[]) {
  const key = `crossvault.table.${id}`;
  const saved = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(key),
    () => null,
  );
  const hiddenKey = hiddenAtFirst.join('\n');
  const preferences = useMemo((): TablePreferences => {
    const hiddenColumns = hiddenKey ? hiddenKey.split('\n') : [];
    return { hiddenColumns, isCompact: false, pageSize: 25, ...parsePreferences(saved) };
  }, [saved, hiddenKey]);
  const change = useCallback(
    (part: Partial<TablePreferences>) => {
      localStorage.setItem(key, JSON.stringify({ ...preferences, ...part }));
      window.dispatchEvent(new Event(changed));
    },
    [key, preferences],
  );
  return { preferences, change };
}
