import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { CheckedPrincipal, Invitation, ResourceShare } from './schemas';

export const resourceSharesQuery = () =>
  queryOptions({
    queryKey: ['resource-shares', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(ResourceShare), '/resource-shares', { signal }),
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
