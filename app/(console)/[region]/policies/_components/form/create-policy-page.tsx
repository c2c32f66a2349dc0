'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { policyHref } from '@/app/(console)/_components/policies/policy-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { useFlash } from '@/components/ui/flash';
import { SkeletonText } from '@/components/ui/skeleton';
import { useNow } from '@/components/ui/use-now';
import { createPolicyAction } from '../../actions';
import { NextRuns } from '../preview/next-runs';
import { RulePreview } from '../preview/rule-preview';
import { begunBindings, newDraft, plannedRules, toPolicyInput } from './draft';
import { PolicyWizard } from './policy-wizard';

interface CreatePolicyPageProps {
  region: string;
  /** Chosen at first, when a data source led here. */
  sourceId: string | null;
}

export function CreatePolicyPage({ region, sourceId }: CreatePolicyPageProps) {
  // The reader's clock and zone are known in the browser only.
  const now = useNow(60_000);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { label: 'Policies', href: sectionHref(region, 'policies') },
          { label: 'Create policy' },
        ]}
        title="Create policy"
        description="Backs up what it is bound to, on time, and decides for each point how long it is kept."
      />
      {now ? (
        <CreateForm region={region} sourceId={sourceId} now={now} />
      ) : (
        <section className="panel p-4">
          <SkeletonText lines={6} />
        </section>
      )}
    </>
  );
}

function CreateForm({ region, sourceId, now }: CreatePolicyPageProps & { now: Date }) {
  const router = useRouter();
  const { show } = useFlash();
  const [draft, setDraft] = useState(() =>
    newDraft(Intl.DateTimeFormat().resolvedOptions().timeZone, sourceId),
  );
  const create = useAction(createPolicyAction, (policy) => {
    show({ kind: 'success', title: `The policy ${policy.name} is created.` });
    router.push(policyHref(policy.id, region));
  });
  const planned = plannedRules(draft.rules, now);
  return (
    <PolicyWizard
      region={region}
      policy={null}
      draft={draft}
      onChange={setDraft}
      now={now}
      reviewLead={
        planned && (
          <section
            aria-label="Outlook"
            className="panel grid grid-cols-1 gap-6 p-4 lg:grid-cols-[minmax(0,1fr)_16rem]"
          >
            <div className="flex flex-col gap-5">
              {planned.map((rule, index) => (
                <RulePreview key={draft.rules[index]?.key} rule={rule} now={now} />
              ))}
            </div>
            <div>
              <p className="font-medium">Next runs</p>
              <NextRuns rules={planned} now={now} />
            </div>
          </section>
        )
      }
      submitLabel="Create policy"
      submitDisabledReason={useRefusal('policies.manage')}
      isSubmitting={create.isPending}
      error={create.error}
      onSubmit={() => create.send({ ...toPolicyInput(draft, new Date()), bindings: begunBindings(draft) })}
      onCancel={() => router.push(sectionHref(region, 'policies'))}
    />
  );
}
