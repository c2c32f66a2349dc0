import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import {
  CheckedPrincipal,
  Invitation,
  type Principal,
  ReceivedShare,
  ResourceShare,
  SharePreview,
} from './schemas';

export const resourceSharesQuery = (filter: { resourceGroupId?: string } = {}) =>
  queryOptions({
    queryKey: ['resource-shares', 'list', filter],
    queryFn: ({ signal }) =>
      apiFetch(listOf(ResourceShare), '/resource-shares', { query: { ...filter }, signal }),
    refetchInterval: 15_000,
  });

export const resourceShareQuery = (id: string) =>
  queryOptions({
    queryKey: ['resource-shares', 'one', id],
    queryFn: ({ signal }) =>
      apiFetch(ResourceShare, `/resource-shares/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 15_000,
  });

/** Invitations to this account, open ones and answered ones. */
export const invitationsQuery = () =>
  queryOptions({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => apiFetch(listOf(Invitation), '/invitations', { signal }),
    refetchInterval: 10_000,
  });

/** Invitations that this account sent, open ones and answered ones. */
export const sentInvitationsQuery = () =>
  queryOptions({
    queryKey: ['invitations', 'sent'],
    queryFn: ({ signal }) =>
      apiFetch(listOf(Invitation), '/invitations', { query: { direction: 'sent' }, signal }),
    refetchInterval: 10_000,
  });

/** The name behind an account UID, to confirm before sharing with it. */
export const principalQuery = (accountId: string) =>
  queryOptions({
    queryKey: ['principals', accountId],
    queryFn: ({ signal }) =>
      apiFetch(CheckedPrincipal, `/principals/${encodeURIComponent(accountId)}`, { signal }),
    retry: false,
  });

/** Shares that were deleted in the last days. */
export const endedSharesQuery = () =>
  queryOptions({
    queryKey: ['resource-shares', 'ended'],
    queryFn: ({ signal }) =>
      apiFetch(listOf(ResourceShare), '/resource-shares', { query: { state: 'ended' }, signal }),
    refetchInterval: 15_000,
  });

/** Shares that reach this account. */
export const receivedSharesQuery = () =>
  queryOptions({
    queryKey: ['resource-shares', 'received'],
    queryFn: ({ signal }) => apiFetch(listOf(ReceivedShare), '/received-shares', { signal }),
    refetchInterval: 10_000,
  });

export type ShareChange =
  | { vaultId: string }
  | { keyId: string }
  | { principal: Pick<Principal, 'type' | 'id'> }
  | 'delete';

/** What pauses when a share is deleted, or a vault, key or principal taken out of it. */
export const shareChangeQuery = (id: string, change: ShareChange = 'delete') =>
  queryOptions({
    queryKey: ['resource-shares', 'preview', id, change],
    queryFn: ({ signal }) =>
      apiFetch(SharePreview, `/resource-shares/${encodeURIComponent(id)}/preview`, {
        query: toQuery(change),
        signal,
      }),
    gcTime: 0,
  });

function toQuery(change: ShareChange): Record<string, string> {
  if (change === 'delete') return {};
  if ('vaultId' in change) return { vaultId: change.vaultId };
  if ('keyId' in change) return { keyId: change.keyId };
  return { principalType: change.principal.type, principalId: change.principal.id };
}

/** What pauses when this account leaves a share. */
export const leaveQuery = (id: string) =>
  queryOptions({
    queryKey: ['resource-shares', 'received', 'preview', id],
    queryFn: ({ signal }) =>
      apiFetch(SharePreview, `/received-shares/${encodeURIComponent(id)}/preview`, { signal }),
    gcTime: 0,
  });
