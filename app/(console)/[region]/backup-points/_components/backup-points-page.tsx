'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { PointsTable } from '@/app/(console)/_components/points/points-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { ButtonLink } from '@/components/ui/button';
import { Select } from '@/components/ui/select';
import { regionName } from '@/lib/regions/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';

/** Points of the vaults of one region; `?regions=all` shows those of the whole account. */
export function BackupPointsPage({ region }: { region: string }) {
  const [scope, setScope] = useQueryState(
    'regions',
    parseAsStringLiteral(['this', 'all']).withDefault('this'),
  );
  const isAll = scope === 'all';
  const { data } = useQuery(allVaultsQuery());
  const vaults = useMemo(
    () =>
      (data ?? []).filter((vault) => isAll || vault.region === region).map(({ id, name }) => ({ id, name })),
    [data, isAll, region],
  );
  return (
    <>
      <PageHeader
        title="Backup points"
        description="What a data source held at one moment, ready to browse and to restore."
        actions={
          <Select
            label="Regions"
            className="w-56"
            value={scope}
            onValueChange={(value) => void setScope(value as 'this' | 'all')}
            options={[
              { value: 'this', label: regionName(region) },
              { value: 'all', label: 'All regions' },
            ]}
          />
        }
      />
      <PointsTable
        id="backup-points"
        filter={isAll ? {} : { region }}
        vaults={vaults}
        empty={{
          title: isAll ? 'No backup points yet' : `No backup points in ${regionName(region)} yet`,
          description:
            'Each backup of a client adds one point to a vault, and so does each copy that replication brings.',
          action: (
            <ButtonLink variant="primary" href={`${sectionHref(region, 'backup-jobs')}?start=true`}>
              Start backup
            </ButtonLink>
          ),
        }}
      />
    </>
  );
}
