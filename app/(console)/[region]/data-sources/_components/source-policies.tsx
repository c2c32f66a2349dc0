'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarPlus } from 'lucide-react';
import Link from 'next/link';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { policyHref } from '@/app/(console)/_components/policies/policy-words';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { Button, ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { sourceRefusal } from '@/lib/policies/binding-rules';
import { policyBindingsQuery } from '@/lib/policies/query';
import type { DataSource } from '@/lib/sources/schemas';

/** The policies that back a data source up, with what they run next. */
export function SourcePolicies({ region, source }: { region: string; source: DataSource }) {
  const bindings = useQuery(policyBindingsQuery({ sourceId: source.id }));
  const refusal = useRefusal('policies.manage') ?? sourceRefusal(source.kind)?.message ?? null;
  const create = refusal ? (
    <Button disabledReason={refusal}>Create policy</Button>
  ) : (
    <ButtonLink
      variant="primary"
      icon={<CalendarPlus />}
      href={`${sectionHref(region, 'policies')}/create?source=${source.id}`}
    >
      Create policy
    </ButtonLink>
  );
  if (bindings.error)
    return (
      <section className="panel">
        <LoadFailure
          error={bindings.error}
          onRetry={() => void bindings.refetch()}
          isRetrying={bindings.isFetching}
        />
      </section>
    );
  if (!bindings.data)
    return (
      <section className="panel p-4">
        <SkeletonText lines={3} />
      </section>
    );
  if (bindings.data.items.length === 0)
    return (
      <section className="panel">
        <EmptyState icon={<CalendarPlus />} title="No policy backs it up" action={create}>
          A policy backs it up by a schedule and decides how long points are kept.
        </EmptyState>
      </section>
    );
  return (
    <ul className="panel divide-y divide-line">
      {bindings.data.items.map(({ id, policy, vault, paths, nextRun, isEnabled }) => (
        <li key={id} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3">
          <Link href={policyHref(policy.id, region)} className="link wrap-anywhere min-w-40 flex-1">
            {policy.name}
          </Link>
          <span className="wrap-anywhere font-mono text-sm">{paths.join(', ')}</span>
          <span className="text-muted">into {vault.name}</span>
          <span className="text-muted">
            {isEnabled && nextRun ? (
              <>
                next run <RelativeTime at={nextRun.at} />
              </>
            ) : (
              <Nothing label={isEnabled ? 'No further run' : 'Switched off'} />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
