'use client';

import { useQuery } from '@tanstack/react-query';
import { Package, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import type { Column } from '@/components/console/data-table/types';
import { Button } from '@/components/ui/button';
import { formatPercent } from '@/components/ui/format';
import { Bytes } from '@/components/ui/quantities';
import { Status, type StatusKind } from '@/components/ui/status';
import { capacityPlansQuery } from '@/lib/billing/query';
import type { CapacityPlanUse } from '@/lib/billing/statement-schemas';
import { regionName } from '@/lib/regions/schemas';
import { CreatePlanPanel } from './create-plan-panel';

const states: Record<CapacityPlanUse['state'], { kind: StatusKind; word: string }> = {
  coming: { kind: 'off', word: 'Not yet in force' },
  in_force: { kind: 'success', word: 'In force' },
  over: { kind: 'off', word: 'Over' },
};

export function PlansTab() {
  const plans = useQuery(capacityPlansQuery());
  const refusal = useRefusal('billing.manage');
  const [isCreating, setIsCreating] = useState(false);
  const columns = useMemo(planColumns, []);
  const create = (
    <Button variant="primary" icon={<Plus />} disabledReason={refusal} onClick={() => setIsCreating(true)}>
      Add capacity plan
    </Button>
  );
  return (
    <>
      <DataTable<CapacityPlanUse>
        id="capacity-plans"
        title="Capacity plans"
        noun="plans"
        columns={columns}
        rows={plans.data?.items}
        getRowId={(plan) => plan.id}
        getRowName={(plan) => plan.name}
        error={plans.error?.message}
        onRetry={() => void plans.refetch()}
        actions={create}
        urlPrefix="p"
        empty={{
          icon: <Package />,
          title: 'No capacity plans yet',
          description:
            'A capacity plan is storage that was bought beforehand. What it covers is taken off the charges for storage, hour by hour; traffic is charged all the same.',
          action: create,
        }}
      />
      {isCreating && <CreatePlanPanel onClose={() => setIsCreating(false)} />}
    </>
  );
}

function planColumns(): Column<CapacityPlanUse>[] {
  return [
    {
      id: 'name',
      header: 'Plan',
      isTitle: true,
      sortValue: (plan) => plan.name,
      searchText: (plan) => `${plan.name}\n${plan.id}`,
      cell: (plan) => <span className="wrap-anywhere">{plan.name}</span>,
    },
    {
      id: 'state',
      header: 'State',
      sortValue: (plan) => plan.state,
      cell: (plan) => <Status kind={states[plan.state].kind}>{states[plan.state].word}</Status>,
    },
    {
      id: 'capacity',
      header: 'Capacity',
      align: 'end',
      sortValue: (plan) => plan.capacityBytes,
      cell: (plan) => <Bytes value={plan.capacityBytes} />,
    },
    {
      id: 'used',
      header: 'Used now',
      align: 'end',
      sortValue: (plan) => plan.usedFraction,
      cell: (plan) => formatPercent(plan.usedFraction),
    },
    {
      id: 'region',
      header: 'Region',
      sortValue: (plan) => plan.region ?? '',
      cell: (plan) => (plan.region ? regionName(plan.region) : 'All regions'),
    },
    { id: 'starts', header: 'First day', sortValue: (plan) => plan.startsOn, cell: (plan) => plan.startsOn },
    { id: 'ends', header: 'Last day', sortValue: (plan) => plan.endsOn, cell: (plan) => plan.endsOn },
    { id: 'by', header: 'Recorded by', cell: (plan) => plan.createdBy, isHiddenAtFirst: true },
  ];
}
