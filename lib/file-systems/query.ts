import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { FileSystem, type FileSystemKind } from './schemas';

/** File systems that the operator registered for the account, of one kind in one region. */
export const fileSystemsQuery = (region: string, kind: FileSystemKind) =>
  queryOptions({
    queryKey: ['file-systems', region, kind],
    queryFn: ({ signal }) =>
      apiFetch(listOf(FileSystem), `/file-systems?${new URLSearchParams({ region, kind })}`, { signal }),
  });
