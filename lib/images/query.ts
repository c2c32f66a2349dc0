import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { apiFetch } from '@/lib/api/fetch';
import { pageOf } from '@/lib/schemas';
import { Image, type ListImages } from './schemas';

export const imagesQuery = (filter: z.input<typeof ListImages> = {}) =>
  queryOptions({
    queryKey: ['images', 'list', filter],
    queryFn: ({ signal }) => apiFetch(pageOf(Image), '/images', { query: { ...filter }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((image) => image.state === 'creating' || image.state === 'deleting')
        ? 1500
        : 10_000,
    placeholderData: keepPreviousData,
  });
