'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarClock, CalendarPlus, Eye, Pencil, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { policyHref } from '@/app/(console)/_components/policies/policy-words';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DataTable } from '@/components/console/data-table/data-table';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button, ButtonLink } from '@/components/ui/button';
import { policiesQuery } from '@/lib/policies/query';
import type { Policy } from '@/lib/policies/schemas';
import { DeletePolicyDialog } from '../delete-policy-dialog';
import { policyColumns } from './policy-columns';

export function PoliciesPage({ region }: { region: string }) {
  const policies = useQuery(policiesQuery());
  const [deleting, setDeleting] = useState<Policy | null>(null);
  const refuse = useRefusals();
  const columns = useMemo(() => policyColumns(region), [region]);
  const refusal = refuse('policies.manage');
  const create = refusal ? (
    <Button variant="primary" icon={<CalendarPlus />} disabledReason={refusal}>
      Create policy
    </Button>
  ) : (
    <ButtonLink variant="primary" icon={<CalendarPlus />} href={`${sectionHref(region, 'policies')}/create`}>
      Create policy
    </ButtonLink>
  );
  return (
    <>
      <PageHeader
        title="Policies"
        description="What is backed up when, and how long each point is kept. All regions of this account."
        actions={create}
      />
      <DataTable<Policy>
        id="policies"
        title="Policies"
        noun="policies"
        columns={columns}
        rows={policies.data?.items}
        getRowId={(policy) => policy.id}
        getRowName={(policy) => policy.name}
        error={policies.error?.message}
        onRetry={() => void policies.refetch()}
        defaultSort={{ columnId: 'name', isDescending: false }}
        searchPlaceholder="Find by name, data source or vault"
        rowActions={(policy) => [
          { label: 'Open', icon: <Eye />, href: policyHref(policy.id, region) },
          {
            label: 'Edit',
            icon: <Pencil />,
            href: `${policyHref(policy.id, region)}/edit`,
            disabledReason: refusal,
          },
          {
            label: 'Delete',
            icon: <Trash2 />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refuse('policies.delete'),
            onSelect: () => setDeleting(policy),
          },
        ]}
        empty={{
          icon: <CalendarClock />,
          title: 'Nothing is backed up by itself yet',
          description:
            'A policy backs up data sources on time, keeps each point for as long as you say, and can replicate the vaults it writes into.',
          action: create,
        }}
      />
      {deleting && (
        <DeletePolicyDialog
          policy={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => setDeleting(null)}
        />
      )}
    </>
  );
}
