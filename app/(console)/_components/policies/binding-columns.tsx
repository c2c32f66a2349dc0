import Link from 'next/link';
import { ClientStatus } from '@/app/(console)/_components/clients/client-words';
import { isRegistered } from '@/app/(console)/_components/sources/source-words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { PolicyBinding } from '@/lib/policies/schemas';
import { policyHref, RunStatus } from './policy-words';

export type BindingColumn = 'policy' | 'source' | 'vault';

export function bindingColumns(region: string, hidden: BindingColumn): Column<PolicyBinding>[] {
  const title: BindingColumn = hidden === 'source' ? 'policy' : 'source';
  const columns: Column<PolicyBinding>[] = [
    {
      id: 'source',
      header: 'Data source',
      isTitle: title === 'source',
      sortValue: ({ source }) => source.name,
      searchText: ({ source, vault, policy, paths }) =>
        [source.name, vault.name, policy.name, ...paths].join('\n'),
      cell: ({ source, client, paths }) => (
        <div className="min-w-0">
          <Link
            href={
              isRegistered(source)
                ? `${sectionHref(region, 'data-sources')}/${source.id}`
                : `${sectionHref(region, 'clients')}/${client.id}`
            }
            className="link wrap-anywhere"
          >
            {source.name}
          </Link>
          <span className="wrap-anywhere block font-mono font-normal text-muted text-sm">
            {paths.join(', ')}
          </span>
        </div>
      ),
    },
    {
      id: 'policy',
      header: 'Policy',
      isTitle: title === 'policy',
      sortValue: ({ policy }) => policy.name,
      searchText: ({ policy, vault, paths }) => [policy.name, vault.name, ...paths].join('\n'),
      cell: ({ policy }) => (
        <Link href={policyHref(policy.id, region)} className="link wrap-anywhere">
          {policy.name}
        </Link>
      ),
    },
    {
      id: 'vault',
      header: 'Vault',
      sortValue: ({ vault }) => vault.name,
      cell: ({ vault, replication }) => (
        <div className="min-w-0">
          <Link href={`${sectionHref(vault.region, 'vaults')}/${vault.id}`} className="link">
            {vault.name}
          </Link>
          {replication && (
            <span className="block text-muted text-sm">
              replicates to <span className="text-target">{replication.targetVaultName}</span>
            </span>
          )}
        </div>
      ),
    },
    {
      id: 'next',
      header: 'Next run',
      sortValue: ({ nextRun }) => nextRun?.at ?? null,
      cell: (binding) => <NextRun binding={binding} />,
    },
    {
      id: 'last',
      header: 'Last run',
      sortValue: ({ lastRun }) => lastRun?.runAt ?? null,
      cell: ({ lastRun }) =>
        lastRun ? (
          <div>
            <RunStatus run={lastRun} />
            <span className="block text-muted text-sm">
              <RelativeTime at={lastRun.runAt} />
            </span>
          </div>
        ) : (
          <Nothing label="It has not run yet" />
        ),
    },
    {
      id: 'client',
      header: 'Client',
      sortValue: ({ client }) => client.status,
      cell: ({ client }) => <ClientStatus status={client.status} />,
    },
  ];
  return columns.filter(({ id }) => id !== hidden);
}

function NextRun({ binding: { nextRun, isEnabled } }: { binding: PolicyBinding }) {
  if (!isEnabled) return <Status kind="off">Switched off</Status>;
  if (!nextRun) return <Nothing label="No further run" />;
  if (nextRun.waitingFor) {
    return (
      <Status kind="waiting" detail={nextRun.waitingFor}>
        Waiting
      </Status>
    );
  }
  return (
    <div>
      <RelativeTime at={nextRun.at} />
      <span className="block text-muted text-sm">{nextRun.ruleName}</span>
    </div>
  );
}
