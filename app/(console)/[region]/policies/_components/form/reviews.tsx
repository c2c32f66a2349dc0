'use client';

import { useQuery } from '@tanstack/react-query';
import type { BindingDraft } from '@/app/(console)/_components/policies/binding-draft';
import { spell } from '@/lib/policies/retention';
import { describeRetention, describeSchedule } from '@/lib/policies/words';
import { dataSourcesQuery } from '@/lib/sources/query';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { type PolicyDraft, plannedRules } from './draft';
import { isActive } from './replication-step';

export function RulesReview({ draft, now }: { draft: PolicyDraft; now: Date }) {
  const rules = plannedRules(draft.rules, now) ?? [];
  return (
    <ul className="flex flex-col gap-2">
      {rules.map((rule, index) => (
        <li key={draft.rules[index]?.key}>
          <p className="font-medium">{rule.name}</p>
          <p>{describeSchedule(rule.schedule)}</p>
          <p className="text-muted">
            Kept {describeRetention(rule.retention)}
            {rule.archiveAfterDays !== null && `; archived after ${spell(rule.archiveAfterDays)}`}
          </p>
        </li>
      ))}
      <li className="text-muted">
        {draft.keepsNewest
          ? 'The newest point of each binding stays beyond its date.'
          : 'Every point expires on its date, the newest one too.'}
      </li>
    </ul>
  );
}

export function BindingsReview({ bindings }: { bindings: BindingDraft[] }) {
  const sources = useQuery(dataSourcesQuery()).data?.items ?? [];
  const vaults = useQuery(allVaultsQuery()).data ?? [];
  if (bindings.length === 0)
    return <p className="text-muted">Nothing yet; the policy runs nothing before it is bound.</p>;
  return (
    <ul className="flex flex-col gap-2">
      {bindings.map(({ sourceId, vaultId, paths, includes, excludes }) => (
        <li key={`${sourceId} ${vaultId} ${paths.join(' ')}`}>
          <p>
            <span className="font-medium">{sources.find(({ id }) => id === sourceId)?.name}</span> into{' '}
            <span className="font-medium">{vaults.find(({ id }) => id === vaultId)?.name}</span>
          </p>
          <p className="wrap-anywhere font-mono text-muted text-sm">{paths.join(', ')}</p>
          {includes.length > 0 && (
            <p className="text-muted">
              Only <span className="wrap-anywhere font-mono text-sm">{includes.join(', ')}</span>
            </p>
          )}
          {excludes.length > 0 && (
            <p className="text-muted">
              Without <span className="wrap-anywhere font-mono text-sm">{excludes.join(', ')}</span>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

export function ReplicationReview({ draft, vaults }: { draft: PolicyDraft; vaults: Vault[] }) {
  const all = useQuery(allVaultsQuery()).data ?? [];
  if (!draft.replicates) return <p className="text-muted">Vaults are not replicated by this policy.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {vaults.map((vault) => (
        <li key={vault.id}>
          <span className="font-medium text-source">{vault.name}</span>{' '}
          {isActive(vault) ? (
            <>replicates to {vault.replication?.target.vaultName} already</>
          ) : (
            <>
              begins to replicate to{' '}
              <span className="text-target">
                {all.find(({ id }) => id === draft.targets[vault.id])?.name ?? draft.targets[vault.id]}
              </span>
            </>
          )}
        </li>
      ))}
      {vaults.length === 0 && <li className="text-muted">Asked for each vault when it is bound.</li>}
    </ul>
  );
}
