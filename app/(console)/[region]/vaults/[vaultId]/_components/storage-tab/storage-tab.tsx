'use client';

import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonText } from '@/components/ui/skeleton';
import { vaultStorageQuery } from '@/lib/storage/query';
import type { VaultTabProps } from '../vault-detail';
import { DamagePanel } from './damage-panel';
import { KeyPanel } from './key-panel';
import { VerificationPanel } from './verification-panel';
import { ZonesPanel } from './zones-panel';

/** Where the vault's bytes lie, whether they are what they should be, and the key they are sealed under. */
export function StorageTab({ vault }: VaultTabProps) {
  const storage = useQuery(vaultStorageQuery(vault.id));
  if (!storage.data) {
    return (
      <section className="panel p-4">
        {storage.error ? (
          <ErrorState onRetry={() => void storage.refetch()} isRetrying={storage.isFetching}>
            {storage.error.message}
          </ErrorState>
        ) : (
          <SkeletonText lines={5} />
        )}
      </section>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <ZonesPanel vault={vault} zones={storage.data.zones} />
      <VerificationPanel vault={vault} storage={storage.data} />
      {storage.data.damages.length > 0 && <DamagePanel damages={storage.data.damages} />}
      <KeyPanel vault={vault} storageKey={storage.data.key} />
    </div>
  );
}
