'use client';

import { useQuery } from '@tanstack/react-query';
import { Globe } from 'lucide-react';
import { DataTable } from '@/components/console/data-table/data-table';
import { PageHeader } from '@/components/console/page-header';
import { Callout } from '@/components/ui/callout';
import { regionStorageQuery } from '@/lib/storage/query';
import type { RegionStorage } from '@/lib/storage/schemas';
import { regionColumns } from './region-columns';

/** What each region offers, and how its zones are. */
export function RegionsPage() {
  const regions = useQuery(regionStorageQuery());
  return (
    <>
      <PageHeader
        title="Regions"
        description="What each region offers, where its storage zones stand, and what of this account lies there."
      />
      {regions.data && <Places regions={regions.data.items} />}
      <DataTable<RegionStorage>
        id="regions"
        title="Regions"
        noun="regions"
        columns={regionColumns}
        rows={regions.data?.items}
        getRowId={(region) => region.id}
        getRowName={(region) => region.name}
        error={regions.error?.message}
        onRetry={() => void regions.refetch()}
        searchPlaceholder="Find by name or id"
        empty={{
          icon: <Globe />,
          title: 'No regions',
          description: 'The operator names the regions of this installation in the regions file.',
        }}
      />
    </>
  );
}

/** Zones that are one place in truth must not be taken for several. */
function Places({ regions }: { regions: RegionStorage[] }) {
  const shared = regions.filter(({ zones }) => zones.some((zone) => zone.sharesPlaceWith.length > 0));
  if (shared.length === 0) return null;
  const isAll = shared.length === regions.filter(({ zones }) => zones.length > 1).length;
  return (
    <Callout kind="warning" title="Zones of one region share a disk" className="mb-4">
      {isAll ? 'Every region with several zones' : shared.map(({ name }) => name).join(', ')} keeps them on
      one disk or endpoint. That protects against damaged and lost files, not against the loss of the disk.
      The operator can give zones places of their own in the regions file.
    </Callout>
  );
}
