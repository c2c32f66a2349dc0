import Link from 'next/link';
import { policyHref, RunStatus } from '@/app/(console)/_components/policies/policy-words';
import type { Column } from '@/components/console/data-table/types';
import { plural } from '@/components/ui/format';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import type { Policy } from '@/lib/policies/schemas';
import { describeRetention, describeSchedule } from '@/lib/policies/words';
import { lastRunOf, nextRunOf } from '../policy-runs-of';

export function policyColumns(region: string): Column<Policy>[] {
  return [
    {
      id: 'name',
      header: 'Policy',
      isTitle: true,
      sortValue: (policy) => policy.name,
      searchText: ({ name, description, bindings }) =>
        [name, description, ...bindings.flatMap(({ source, vault }) => [source.name, vault.name])].join('\n'),
      cell: (policy) => (
        <div className="min-w-0">
          <Link href={policyHref(policy.id, region)} className="link wrap-anywhere">
            {policy.name}
          </Link>
          {policy.description && (
            <span className="wrap-anywhere block font-normal text-muted">{policy.description}</span>
          )}
        </div>
      ),
    },
    {
      id: 'rules',
      header: 'Backup rules',
      cell: ({ rules }) => (
        <ul className="flex flex-col gap-1">
          {rules.map((rule) => (
            <li key={rule.id}>
              {describeSchedule(rule.schedule)}
              <span className="block text-muted text-sm">Kept {describeRetention(rule.retention)}</span>
            </li>
          ))}
        </ul>
      ),
    },
    {
      id: 'bound',
      header: 'Protects',
      sortValue: ({ bindings }) => bindings.length,
      cell: ({ bindings }) => <Bound bindings={bindings} />,
    },
    {
      id: 'next',
      header: 'Next run',
      sortValue: (policy) => nextRunOf(policy)?.at ?? null,
      cell: (policy) => {
        const next = nextRunOf(policy);
        if (!next) return <Nothing label="No run is planned" />;
        if (!next.waitingFor) return <RelativeTime at={next.at} />;
        return (
          <Status kind="waiting" detail={next.waitingFor}>
            Waiting
          </Status>
        );
      },
    },
    {
      id: 'last',
      header: 'Last run',
      sortValue: (policy) => lastRunOf(policy)?.runAt ?? null,
      cell: (policy) => {
        const run = lastRunOf(policy);
        if (!run) return <Nothing label="It has not run yet" />;
        return (
          <div>
            <RunStatus run={run} />
            <span className="block text-muted text-sm">
              <RelativeTime at={run.runAt} />
            </span>
          </div>
        );
      },
    },
    {
      id: 'replication',
      header: 'Replication',
      sortValue: ({ replicates }) => Number(replicates),
      cell: (policy) => <Replication policy={policy} />,
    },
    {
      id: 'updated',
      header: 'Changed',
      isHiddenAtFirst: true,
      sortValue: (policy) => policy.updatedAt,
      cell: (policy) => <RelativeTime at={policy.updatedAt} />,
    },
  ];
}

function Bound({ bindings }: Pick<Policy, 'bindings'>) {
  if (bindings.length === 0) return <Status kind="warning">Bound to nothing</Status>;
  const sources = new Set(bindings.map(({ source }) => source.id)).size;
  const vaults = [...new Set(bindings.map(({ vault }) => vault.name))];
  const off = bindings.filter(({ isEnabled }) => !isEnabled).length;
  return (
    <div className="min-w-0">
      {plural(sources, 'data source')}
      <span className="wrap-anywhere block text-muted text-sm">
        into {vaults.join(', ')}
        {off > 0 && `; ${off} switched off`}
      </span>
    </div>
  );
}

export function Replication({ policy: { replicates, bindings } }: { policy: Policy }) {
  if (!replicates) return <Nothing label="No replication rule" />;
  const without = [
    ...new Set(bindings.filter(({ replication }) => !replication).map(({ vault }) => vault.name)),
  ];
  if (without.length === 0) return <Status kind="success">Replicating</Status>;
  return (
    <Status
      kind="warning"
      detail={`Nothing replicates ${without.join(', ')}. Edit the policy to choose a target.`}
    >
      Incomplete
    </Status>
  );
}
