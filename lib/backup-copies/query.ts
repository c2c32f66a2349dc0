import { queryOptions } from '@tanstack/react-query';
import { apiFetch } from '@/lib/api/fetch';
import { listOf } from '@/lib/schemas';
import { BackupCopy, BackupCopyRule } from './schemas';

/** Vaults of other regions into which a policy copies its backups. */
export const copyRulesQuery = (policyId: string) =>
  queryOptions({
    queryKey: ['backup-copies', 'rules', policyId],
    queryFn: ({ signal }) =>
      apiFetch(listOf(BackupCopyRule), '/backup-copy-rules', { query: { policyId }, signal }),
    refetchInterval: 10_000,
  });

/** Copies of backups in other regions, with how far each is. */
export const backupCopiesQuery = () =>
  queryOptions({
    queryKey: ['backup-copies', 'list'],
    queryFn: ({ signal }) => apiFetch(listOf(BackupCopy), '/backup-copies', { signal }),
    refetchInterval: 5_000,
  });
