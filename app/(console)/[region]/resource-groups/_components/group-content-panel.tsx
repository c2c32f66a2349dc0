'use client';

import { useQuery } from '@tanstack/react-query';
import { FolderOpen } from 'lucide-react';
import Link from 'next/link';
import { sectionHref } from '@/components/console/navigation';
import { withGroup } from '@/components/console/use-resource-group';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { formatBytes, plural } from '@/components/ui/format';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { regionName } from '@/lib/regions/schemas';
import type { ResourceGroup } from '@/lib/resource-groups/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import { vaultHref } from '../../vaults/_components/vault-columns';

interface GroupContentPanelProps {
  group: ResourceGroup;
  region: string;
  onClose: () => void;
}

/** The vaults of a group in all regions. */
export function GroupContentPanel({ group, region, onClose }: GroupContentPanelProps) {
  const all = useQuery(allVaultsQuery());
  const vaults = all.data?.filter(({ resourceGroup }) => resourceGroup.id === group.id);
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={group.name}
      description={`${plural(group.vaultCount, 'vault')}, ${formatBytes(group.storedBytes)} stored`}
    >
      <PanelBody>
        {all.error && !vaults && <p className="text-danger">{all.error.message}</p>}
        {!vaults && !all.error && <Skeleton className="h-24 w-full" />}
        {vaults?.length === 0 && (
          <EmptyState icon={<FolderOpen />} title="No vaults in this group">
            Choose this group when you create or edit a vault.
          </EmptyState>
        )}
        <ul className="divide-y divide-line">
          {vaults?.map((vault) => (
            <li key={vault.id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
              <Link href={vaultHref(vault.id, vault.region)} className="link wrap-anywhere min-w-0">
                {vault.name}
              </Link>
              <span className="text-muted text-sm">
                {regionName(vault.region)} · {formatBytes(vault.storedBytes)}
              </span>
            </li>
          ))}
        </ul>
      </PanelBody>
      <PanelFooter>
        <ButtonLink href={withGroup(sectionHref(region, 'vaults'), group.id)}>
          Show lists of this group
        </ButtonLink>
      </PanelFooter>
    </SidePanel>
  );
}
