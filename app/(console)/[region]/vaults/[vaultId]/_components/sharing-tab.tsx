'use client';

import { useQuery } from '@tanstack/react-query';
import { Share2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { AddPrincipalForm } from '@/app/(console)/[region]/_components/shares/add-principal-form';
import { DeleteShareDialog } from '@/app/(console)/[region]/_components/shares/delete-share-dialog';
import { PermissionWords } from '@/app/(console)/[region]/_components/shares/permission-words';
import { PrincipalList } from '@/app/(console)/[region]/_components/shares/principal-list';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Panel } from '@/components/ui/panel';
import { SkeletonText } from '@/components/ui/skeleton';
import { resourceSharesQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import type { VaultTabProps } from './vault-detail';

/** The shares that hold this target, their accounts and what became of the invitations. */
export function SharingTab({ vault, actions }: VaultTabProps) {
  const shares = useQuery(resourceSharesQuery());
  const [deleting, setDeleting] = useState<ResourceShare | null>(null);
  const holding = shares.data?.items.filter((share) => share.vaults.some(({ id }) => id === vault.id));
  if (!holding) {
    return (
      <section className="panel p-4">
        {shares.error ? (
          <ErrorState onRetry={() => void shares.refetch()} isRetrying={shares.isFetching}>
            {shares.error.message}
          </ErrorState>
        ) : (
          <SkeletonText lines={4} />
        )}
      </section>
    );
  }
  if (holding.length === 0) {
    return (
      <section className="panel">
        <EmptyState
          icon={<Share2 />}
          title="This vault is not shared"
          action={
            <Button
              variant="primary"
              disabledReason={actions.refusalsOf(vault).share}
              onClick={() => actions.start('share', vault)}
            >
              Add to a resource share
            </Button>
          }
        >
          A resource share names the accounts that may choose this vault as the target of a replication.
        </EmptyState>
      </section>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {holding.map((share) => (
        <ShareOfVault key={share.id} share={share} onDelete={() => setDeleting(share)} />
      ))}
      {deleting && <DeleteShareDialog share={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function ShareOfVault({ share, onDelete }: { share: ResourceShare; onDelete: () => void }) {
  const refusal = useRefusal('shares.manage', 'stop');
  const others = share.vaults.length - 1;
  return (
    <Panel
      title={share.name}
      description={others > 0 ? `Holds this vault and ${others} more.` : 'Holds this vault only.'}
      actions={
        <Button
          size="sm"
          variant="danger-outline"
          icon={<Trash2 />}
          disabledReason={refusal}
          onClick={onDelete}
        >
          Delete share
        </Button>
      }
    >
      <div className="grid gap-5 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-4">
          <PrincipalList share={share} />
          <AddPrincipalForm share={share} />
        </div>
        <div>
          <p className="mb-1.5 font-medium">Associated permission</p>
          <PermissionWords name={share.permission} />
        </div>
      </div>
    </Panel>
  );
}
