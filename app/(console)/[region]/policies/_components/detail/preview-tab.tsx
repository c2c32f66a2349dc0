'use client';

import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '@/components/ui/error-state';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Bytes, Nothing, Time } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { useNow } from '@/components/ui/use-now';
import { policyPreviewQuery } from '@/lib/policies/query';
import type { Policy, PolicyPreview } from '@/lib/policies/schemas';
import { NextRuns } from '../preview/next-runs';
import { RulePreview } from '../preview/rule-preview';

/** What the policy will do: its next runs, a year of its points, and what that comes to for each binding. */
export function PreviewTab({ policy }: { policy: Policy }) {
  const now = useNow(60_000);
  const preview = useQuery(policyPreviewQuery(policy));
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Panel
        title="A year of points"
        description="As if every run made one: which rule keeps each, and until when."
      >
        {now ? (
          <div className="flex flex-col gap-8">
            {policy.rules.map((rule) => (
              <RulePreview key={rule.id} rule={rule} now={now} />
            ))}
          </div>
        ) : (
          <SkeletonText lines={6} />
        )}
      </Panel>
      <div className="flex flex-col gap-4">
        <Panel title="Next runs">
          {now ? <NextRuns rules={policy.rules} now={now} count={8} /> : <SkeletonText lines={4} />}
        </Panel>
        <Panel
          title="What it comes to"
          description="In the long run, from what the points so far have added."
        >
          {preview.data ? (
            <Forecast bindings={preview.data.bindings} />
          ) : preview.error ? (
            <ErrorState onRetry={() => void preview.refetch()} isRetrying={preview.isFetching}>
              {preview.error.message}
            </ErrorState>
          ) : (
            <SkeletonText lines={3} />
          )}
        </Panel>
      </div>
    </div>
  );
}

function Forecast({ bindings }: Pick<PolicyPreview, 'bindings'>) {
  if (bindings.length === 0) return <p className="text-muted">The policy is bound to nothing.</p>;
  return (
    <ul className="flex flex-col gap-4">
      {bindings.map((binding) => (
        <li key={binding.id}>
          <p className="wrap-anywhere font-medium">
            {binding.sourceName} into {binding.vaultName}
          </p>
          <p>
            {plural(binding.heldPoints, 'point')},{' '}
            {binding.heldBytes === null ? (
              <Nothing label="size not known before the first point" />
            ) : (
              <Bytes value={binding.heldBytes} />
            )}
          </p>
          <p className="text-muted text-sm">
            {binding.points === 0 ? (
              'The size is known after its first point.'
            ) : (
              <Standing binding={binding} />
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** What is there and stays, whatever the policy becomes. */
function Standing({ binding }: { binding: PolicyPreview['bindings'][number] }) {
  if (binding.points === 1) {
    return (
      <>
        1 point there now, until <Time at={binding.lastExpiryAt} />.
      </>
    );
  }
  return (
    <>
      {plural(binding.points, 'point')} there now, each to its date: the first until{' '}
      <Time at={binding.firstExpiryAt} />, the last until <Time at={binding.lastExpiryAt} />.
    </>
  );
}
