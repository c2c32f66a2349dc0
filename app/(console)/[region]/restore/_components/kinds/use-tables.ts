'use client';

import { useQuery } from '@tanstack/react-query';
import { entryPageQuery } from '@/lib/backup-points/query';

/** The tables of a point: the entries of its root. */
export function useTables(pointId: string | null) {
  const page = useQuery({ ...entryPageQuery(pointId ?? '', '', null), enabled: pointId !== null });
  return {
    names: page.data?.entries.map(({ name }) => name) ?? [],
    isPending: page.isPending,
    error: page.error?.message ?? null,
  };
}
