import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { BackupShare, ReceivedBackupShare, ShareProjectCheck, VaultCandidate } from './schemas';

/** Shares of one backup, or all that this account gave. */
export const backupSharesQuery = (pointId?: string) =>
  queryOptions({
    queryKey: ['backup-shares', 'given', pointId ?? null],
    queryFn: ({ signal }) => apiFetch(listOf(BackupShare), '/backup-shares', { query: { pointId }, signal }),
    refetchInterval: 10_000,
  });

export const receivedBackupSharesQuery = (region?: string) =>
  queryOptions({
    queryKey: ['backup-shares', 'received', region ?? null],
    queryFn: ({ signal }) =>
      apiFetch(listOf(ReceivedBackupShare), '/received-backup-shares', { query: { region }, signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some((share) => share.state === 'copying') ? 1_500 : 15_000,
  });

export const shareProjectQuery = (pointId: string, projectId: string) =>
  queryOptions({
    queryKey: ['backup-shares', 'check', pointId, projectId],
    queryFn: ({ signal }) =>
      apiFetch(
        ShareProjectCheck,
        `/backup-points/${encodeURIComponent(pointId)}/share-projects/${encodeURIComponent(projectId)}`,
        { signal },
      ),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

export const vaultCandidatesQuery = (shareId: string) =>
  queryOptions({
    queryKey: ['backup-shares', 'vaults', shareId],
    queryFn: ({ signal }) =>
      apiFetch(listOf(VaultCandidate), `/received-backup-shares/${encodeURIComponent(shareId)}/vaults`, {
        signal,
      }),
    refetchInterval: 5_000,
  });
