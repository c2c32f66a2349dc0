'use client';

import { useQuery } from '@tanstack/react-query';
import { Share2, Trash2, UserPlus } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useMemo, useState } from 'react';
import { useGroupEmpty } from '@/app/(console)/_components/use-group-empty';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { ButtonLink } from '@/components/ui/button';
import { resourceSharesQuery } from '@/lib/resource-shares/query';
import type { ResourceShare } from '@/lib/resource-shares/schemas';
import { DeleteShareDialog } from '../../_components/shares/delete-share-dialog';
import { shareColumns } from './share-columns';
import { SharePanel } from './share-panel';

export function SharedByMePage({ region }: { region: string }) {
  const [group] = useResourceGroup();
  const shares = useQuery(resourceSharesQuery(group ? { resourceGroupId: group } : {}));
  const [openId, setOpenId] = useQueryState('share', parseAsString);
  const [deleting, setDeleting] = useState<ResourceShare | null>(null);
  const refusal = useRefusal('shares.manage');
  const columns = useMemo(() => shareColumns((id) => void setOpenId(id)), [setOpenId]);
  const open = shares.data?.items.find((share) => share.id === openId);
  const empty = useGroupEmpty('resource shares', {
    icon: <Share2 />,
    title: 'Nothing is shared yet',
    description:
      'Share a replication target vault from its menu in vault management. The accounts that you invite can then keep a second copy of their backups in it.',
    action: (
      <ButtonLink variant="primary" href={`${sectionHref(region, 'vaults')}?kind=replication_target`}>
        Choose a target vault
      </ButtonLink>
    ),
  });
  return (
    <>
      <PageHeader
        title="Shared by me"
        description="Resource shares of this account: which accounts may replicate into which of its target vaults. All regions."
      />
      <DataTable<ResourceShare>
        id="resource-shares"
        title="Resource shares"
        noun="resource shares"
        columns={columns}
        rows={shares.data?.items}
        getRowId={(share) => share.id}
        getRowName={(share) => share.name}
        error={shares.error?.message}
        onRetry={() => void shares.refetch()}
        defaultSort={{ columnId: 'created', isDescending: true }}
        searchPlaceholder="Find by name, vault or account"
        rowActions={(share) => [
          {
            label: 'Add principal',
            icon: <UserPlus />,
            disabledReason: refusal,
            onSelect: () => void setOpenId(share.id),
          },
          {
            label: 'Delete',
            icon: <Trash2 />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refusal,
            onSelect: () => setDeleting(share),
          },
        ]}
        empty={empty}
      />
      {open && (
        <SharePanel
          share={open}
          onClose={() => void setOpenId(null)}
          onDelete={() => {
            void setOpenId(null);
            setDeleting(open);
          }}
        />
      )}
      {deleting && <DeleteShareDialog share={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}
