import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { DirectoryInvitation, MemberChangePreview, OwnDirectory } from './schemas';

export const directoryQuery = () =>
  queryOptions({
    queryKey: ['directory'],
    queryFn: ({ signal }) => apiFetch(OwnDirectory, '/directory', { signal }),
    refetchInterval: 15_000,
  });

/** Invitations into a directory that this account received. */
export const directoryInvitationsQuery = () =>
  queryOptions({
    queryKey: ['directory', 'invitations'],
    queryFn: ({ signal }) => apiFetch(listOf(DirectoryInvitation), '/directory/invitations', { signal }),
    refetchInterval: 15_000,
  });

/** Invitations into its directory that this account sent. */
export const sentDirectoryInvitationsQuery = () =>
  queryOptions({
    queryKey: ['directory', 'invitations', 'sent'],
    queryFn: ({ signal }) =>
      apiFetch(listOf(DirectoryInvitation), '/directory/invitations', {
        query: { direction: 'sent' },
        signal,
      }),
    refetchInterval: 15_000,
  });

/** What pauses when a member is moved to `folderId`, or removed when there is none. */
export const memberChangeQuery = (accountId: string, folderId?: string) =>
  queryOptions({
    queryKey: ['directory', 'preview', accountId, folderId ?? null],
    queryFn: ({ signal }) =>
      apiFetch(MemberChangePreview, `/directory/members/${encodeURIComponent(accountId)}/preview`, {
        query: folderId === undefined ? {} : { folderId },
        signal,
      }),
    gcTime: 0,
  });
