import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { listOf, pageOf } from '@/lib/schemas';
import { Disk, DiskKeyPermission, ImportableImage, type ListDisks } from './schemas';

export type DiskFilter = Omit<z.input<typeof ListDisks>, 'limit'> & { limit?: number };

const isMoving = ({ state }: Disk) => !['available', 'error'].includes(state);

export const disksQuery = (filter: DiskFilter = {}) =>
  queryOptions({
    queryKey: ['disks', 'list', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(Disk), '/disks', { query: { ...filter }, signal }),
    refetchInterval: ({ state }) => (state.data?.items.some(isMoving) ? 1500 : 10_000),
    placeholderData: keepPreviousData,
  });

export const diskQuery = (id: string) =>
  queryOptions({
    queryKey: ['disks', 'one', id],
    queryFn: ({ signal }) => apiFetch(Disk, `/disks/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 1500 : 10_000),
  });

export const diskKeyPermissionQuery = (region: string) =>
  queryOptions({
    queryKey: ['disks', 'keys', region],
    queryFn: ({ signal }) => apiFetch(DiskKeyPermission, `/disk-key-permissions/${region}`, { signal }),
  });

export const importableImagesQuery = (region: string) =>
  queryOptions({
    queryKey: ['disks', 'imports', region],
    queryFn: ({ signal }) =>
      apiFetch(listOf(ImportableImage), '/importable-images', { query: { region }, signal }),
  });
