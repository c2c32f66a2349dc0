'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LoadFailure } from '@/app/(console)/_components/load-failure';
import { policyHref } from '@/app/(console)/_components/policies/policy-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Time } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { useNow } from '@/components/ui/use-now';
import { comparePolicies } from '@/lib/policies/compare';
import { policyQuery } from '@/lib/policies/query';
import type { Policy } from '@/lib/policies/schemas';
import { updatePolicyAction } from '../../actions';
import { ChangeList } from '../preview/change-list';
import { fromPolicy, plannedRules, toPolicyInput } from './draft';
import { PolicyWizard } from './policy-wizard';

export function EditPolicyPage({ region, policyId }: { region: string; policyId: string }) {
  const policy = useQuery(policyQuery(policyId));
  const now = useNow(60_000);
  const [round, setRound] = useState(0);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', href: sectionHref(region, 'policies') },
          { label: policy.data?.name ?? policyId, href: policyHref(policyId, region) },
          { label: 'Edit' },
        ]}
        title={`Edit ${policy.data?.name ?? 'policy'}`}
        description="Governs points that are made from now on. Points that exist keep their dates."
      />
      {policy.data && now ? (
        <EditForm
          key={round}
          region={region}
          current={policy.data}
          now={now}
          onReload={() => setRound(round + 1)}
        />
      ) : (
        <section className="panel p-4">
          {policy.error ? (
            <LoadFailure
              error={policy.error}
              onRetry={() => void policy.refetch()}
              isRetrying={policy.isFetching}
            />
          ) : (
            <SkeletonText lines={6} />
          )}
        </section>
      )}
    </>
  );
}

interface EditFormProps {
  region: string;
  current: Policy;
  now: Date;
  onReload: () => void;
}

function EditForm({ region, current, now, onReload }: EditFormProps) {
  const router = useRouter();
  const { show } = useFlash();
  // What the reader began with: a change by somebody else is told, not mixed in.
  const [opened] = useState(current);
  const [draft, setDraft] = useState(() => fromPolicy(opened));
  const save = useAction(updatePolicyAction, (policy) => {
    show({ kind: 'success', title: `The policy ${policy.name} is saved.` });
    router.push(policyHref(policy.id, region));
  });
  return (
    <>
      {current.version !== opened.version && !save.isPending && (
        <Callout
          kind="warning"
          className="mb-5"
          title={`${current.updatedBy} has changed this policy meanwhile`}
          action={<Button onClick={onReload}>Begin again with the new one</Button>}
        >
          What you entered cannot be saved over it.
        </Callout>
      )}
      <PolicyWizard
        region={region}
        policy={opened}
        draft={draft}
        onChange={setDraft}
        now={now}
        reviewLead={<Comparison opened={opened} draft={draft} now={now} />}
        submitLabel="Save policy"
        submitDisabledReason={useRefusal('policies.manage')}
        isSubmitting={save.isPending}
        error={save.error}
        onSubmit={() =>
          save.send({ ...toPolicyInput(draft, new Date()), id: opened.id, version: opened.version })
        }
        onCancel={() => router.push(policyHref(opened.id, region))}
      />
    </>
  );
}

function Comparison({
  opened,
  draft,
  now,
}: {
  opened: Policy;
  draft: ReturnType<typeof fromPolicy>;
  now: Date;
}) {
  const rules = plannedRules(draft.rules, now);
  if (!rules) return null;
  const { count, lastExpiryAt } = opened.points;
  return (
    <section aria-label="What changes" className="panel flex flex-col gap-3 p-4">
      <h3 className="font-semibold">What changes</h3>
      <ChangeList changes={comparePolicies(opened, { ...draft, rules }, now)} />
      <p className="text-muted">
        {count === 0 ? (
          'The policy has made no point yet.'
        ) : (
          <>
            What stays: {plural(count, 'point')} that it has made{count > 1 && ', each to its date'}
            {lastExpiryAt && (
              <>
                , {count > 1 && 'the last '}until <Time at={lastExpiryAt} />
              </>
            )}
            .
          </>
        )}
      </p>
    </section>
  );
}
