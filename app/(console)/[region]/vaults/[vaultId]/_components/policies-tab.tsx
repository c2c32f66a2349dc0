'use client';

import { useQuery } from '@tanstack/react-query';
import { BindingsTable } from '@/app/(console)/_components/policies/bindings-table';
import { sectionHref } from '@/components/console/navigation';
import { ButtonLink } from '@/components/ui/button';
import { policyBindingsQuery } from '@/lib/policies/query';
import type { VaultTabProps } from './vault-detail';

/** Which policies write into this vault. */
export function PoliciesTab({ vault }: Pick<VaultTabProps, 'vault'>) {
  const bindings = useQuery(policyBindingsQuery({ vaultId: vault.id }));
  return (
    <BindingsTable
      id="vault-policies"
      region={vault.region}
      bindings={bindings.data?.items}
      error={bindings.error?.message}
      onRetry={() => void bindings.refetch()}
      hiddenColumn="vault"
      urlPrefix="policies_"
      empty={{
        title: 'No policy writes into this vault',
        description: 'Bind a policy to a data source and this vault, and backups are made on time.',
        action: (
          <ButtonLink variant="primary" href={sectionHref(vault.region, 'policies')}>
            Open policies
          </ButtonLink>
        ),
      }}
    />
  );
}
