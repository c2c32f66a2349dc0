'use client';

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { ExternalLink, Pencil, Share2, Trash2 } from 'lucide-react';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo, useState } from 'react';
import { useGroupEmpty } from '@/app/(console)/_components/use-group-empty';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { useResourceGroup } from '@/components/console/use-resource-group';
import { ButtonLink } from '@/components/ui/button';
import { Tabs } from '@/components/ui/tabs';
import { endedSharesQuery, resourceSharesQuery } from '@/lib/resource-shares/query';
import { endedHours, type ResourceShare } from '@/lib/resource-shares/schemas';
import { DeleteShareDialog } from '../../_components/shares/delete-share-dialog';
import { RenameSharePanel } from './rename-share-panel';
import { shareColumns, shareHref } from './share-columns';

type Asked = { kind: 'rename' | 'delete'; share: ResourceShare };

export function SharedByMePage({ region }: { region: string }) {
  const [group] = useResourceGroup();
  const shares = useQuery(resourceSharesQuery(group ? { resourceGroupId: group } : {}));
  const ended = useQuery(endedSharesQuery());
  const [tab, setTab] = useQueryState(
    'list',
    parseAsStringLiteral(['active', 'deleted']).withDefault('active'),
  );
  const [asked, setAsked] = useState<Asked | null>(null);
  const refusal = useRefusal('shares.manage', 'stop');
  return (
    <>
      <PageHeader
        title="Shared by me"
        description="Resource shares of this account: which accounts may replicate into which of its target vaults, and accept backups under which of its keys. All regions."
        actions={
          <ButtonLink href={`${sectionHref(region, 'vaults')}?kind=replication_target`} icon={<Share2 />}>
            Share a target vault
          </ButtonLink>
        }
      />
      <Tabs
        label="Resource shares"
        value={tab}
        onValueChange={(value) => void setTab(value as typeof tab)}
        tabs={[
          {
            value: 'active',
            label: 'Active',
            count: shares.data?.items.length,
            content: <ShareTable region={region} query={shares} refusal={refusal} onAsk={setAsked} />,
          },
          {
            value: 'deleted',
            label: 'Deleted',
            count: ended.data?.items.length,
            content: <ShareTable region={region} query={ended} isEnded refusal={refusal} onAsk={setAsked} />,
          },
        ]}
      />
      {asked?.kind === 'delete' && <DeleteShareDialog share={asked.share} onClose={() => setAsked(null)} />}
      {asked?.kind === 'rename' && <RenameSharePanel share={asked.share} onClose={() => setAsked(null)} />}
    </>
  );
}

interface ShareTableProps {
  region: string;
  query: UseQueryResult<{ items: ResourceShare[] }>;
  isEnded?: boolean;
  refusal: string | null;
  onAsk: (asked: Asked) => void;
}

function ShareTable({ region, query, isEnded, refusal, onAsk }: ShareTableProps) {
  const columns = useMemo(() => shareColumns(region), [region]);
  const active = useGroupEmpty('resource shares', {
    icon: <Share2 />,
    title: 'Nothing is shared yet',
    description:
      'Share a replication target vault from its menu in vault management. The accounts that you choose can then keep a second copy of their backups in it. A key is shared from its menu under Keys.',
    action: (
      <ButtonLink variant="primary" href={`${sectionHref(region, 'vaults')}?kind=replication_target`}>
        Choose a target vault
      </ButtonLink>
    ),
  });
  const none = {
    icon: <Trash2 />,
    title: 'No share was deleted lately',
    description: `Deleted shares stay listed here for ${endedHours} hours.`,
  };
  return (
    <DataTable<ResourceShare>
      id={isEnded ? 'ended-shares' : 'resource-shares'}
      urlPrefix={isEnded ? 'ended' : undefined}
      title={isEnded ? 'Deleted resource shares' : 'Resource shares'}
      noun="resource shares"
      columns={columns}
      rows={query.data?.items}
      getRowId={(share) => share.id}
      getRowName={(share) => share.name}
      error={query.error?.message}
      onRetry={() => void query.refetch()}
      defaultSort={{ columnId: 'created', isDescending: true }}
      searchPlaceholder="Find by name, vault, key or principal"
      rowActions={(share) => [
        { label: 'Open', icon: <ExternalLink />, href: shareHref(region, share.id) },
        {
          label: 'Rename',
          icon: <Pencil />,
          disabledReason: refusal ?? (isEnded ? 'This share was deleted.' : null),
          onSelect: () => onAsk({ kind: 'rename', share }),
        },
        {
          label: 'Delete',
          icon: <Trash2 />,
          isDanger: true,
          startsGroup: true,
          disabledReason: refusal ?? (isEnded ? 'This share was deleted.' : null),
          onSelect: () => onAsk({ kind: 'delete', share }),
        },
      ]}
      empty={isEnded ? none : active}
    />
  );
}
