'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarSync, Pencil, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { LoadPanel } from '@/app/(console)/_components/load-panel';
import { BindingsTable } from '@/app/(console)/_components/policies/bindings-table';
import { policyHref, RunStatus } from '@/app/(console)/_components/policies/policy-words';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { DetailLayout } from '@/components/console/detail-layout';
import { sectionHref } from '@/components/console/navigation';
import { PageHeader } from '@/components/console/page-header';
import { Button, ButtonLink } from '@/components/ui/button';
import { plural } from '@/components/ui/format';
import { Nothing, RelativeTime } from '@/components/ui/quantities';
import type { SummaryItem } from '@/components/ui/summary';
import { policyQuery } from '@/lib/policies/query';
import type { Policy } from '@/lib/policies/schemas';
import { BindPanel } from '../bind-panel';
import { DeletePolicyDialog } from '../delete-policy-dialog';
import { Replication } from '../list/policy-columns';
import { lastRunOf, nextRunOf } from '../policy-runs-of';
import { CopiesTab } from './copies-tab';
import { PreviewTab } from './preview-tab';
import { RulesTab } from './rules-tab';
import { RunsTab } from './runs-tab';

interface PolicyPageProps {
  region: string;
  policyId: string;
}

export function PolicyPage({ region, policyId }: PolicyPageProps) {
  const router = useRouter();
  const [isDeleted, setIsDeleted] = useState(false);
  const policy = useQuery({ ...policyQuery(policyId), enabled: !isDeleted });
  const leave = () => {
    // At once: everything is read again now, and what is gone is not to be asked for.
    flushSync(() => setIsDeleted(true));
    router.push(sectionHref(region, 'policies'));
  };
  if (policy.data) return <LoadedPolicy region={region} policy={policy.data} onDeleted={leave} />;
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Policies', href: sectionHref(region, 'policies') }, { label: policyId }]}
        title="Policy"
      />
      <LoadPanel query={policy} />
    </>
  );
}

interface LoadedPolicyProps {
  region: string;
  policy: Policy;
  onDeleted: () => void;
}

function LoadedPolicy({ region, policy, onDeleted }: LoadedPolicyProps) {
  const refuse = useRefusals();
  const [opened, setOpened] = useState<'bind' | 'delete' | null>(null);
  const refusal = refuse('policies.manage');
  const bind = (
    <Button
      variant="primary"
      icon={<CalendarSync />}
      disabledReason={refusal}
      onClick={() => setOpened('bind')}
    >
      Bind data source
    </Button>
  );
  return (
    <>
      <PageHeader
        breadcrumbs={[{ label: 'Policies', href: sectionHref(region, 'policies') }, { label: policy.name }]}
        title={policy.name}
        description={policy.description || undefined}
        actions={
          <>
            <Button
              icon={<Trash2 />}
              disabledReason={refuse('policies.delete')}
              onClick={() => setOpened('delete')}
            >
              Delete
            </Button>
            {refusal ? (
              <Button icon={<Pencil />} disabledReason={refusal}>
                Edit
              </Button>
            ) : (
              <ButtonLink icon={<Pencil />} href={`${policyHref(policy.id, region)}/edit`}>
                Edit
              </ButtonLink>
            )}
            {bind}
          </>
        }
      />
      <DetailLayout
        summary={summaryOf(policy)}
        tabs={[
          {
            value: 'rules',
            label: 'Rules',
            count: policy.rules.length,
            content: <RulesTab policy={policy} />,
          },
          {
            value: 'bindings',
            label: 'Bindings',
            count: policy.bindings.length,
            content: (
              <BindingsTable
                id="policy-bindings"
                region={region}
                bindings={policy.bindings}
                onRetry={() => {}}
                hiddenColumn="policy"
                urlPrefix="bindings_"
                empty={{
                  title: 'This policy protects nothing yet',
                  description:
                    'Bind a data source and a vault: it is then backed up by the rules of this policy.',
                  action: bind,
                }}
              />
            ),
          },
          ...(policy.bindings.some(({ source }) => isMachine(source.kind))
            ? [{ value: 'copies', label: 'Copies', content: <CopiesTab policy={policy} region={region} /> }]
            : []),
          { value: 'runs', label: 'Runs', content: <RunsTab policy={policy} region={region} /> },
          { value: 'preview', label: 'Preview', content: <PreviewTab policy={policy} /> },
        ]}
      />
      {opened === 'bind' && <BindPanel region={region} policy={policy} onClose={() => setOpened(null)} />}
      {opened === 'delete' && (
        <DeletePolicyDialog policy={policy} onClose={() => setOpened(null)} onDeleted={onDeleted} />
      )}
    </>
  );
}

const isMachine = (kind: string) => kind === 'disk' || kind === 'server';

function summaryOf(policy: Policy): SummaryItem[] {
  const next = nextRunOf(policy);
  const last = lastRunOf(policy);
  return [
    {
      label: 'Next run',
      value: next ? <RelativeTime at={next.at} /> : <Nothing label="No run is planned" />,
    },
    { label: 'Last run', value: last ? <RunStatus run={last} /> : <Nothing label="It has not run yet" /> },
    { label: 'Points it has made', value: plural(policy.points.count, 'point') },
    { label: 'Keep at least one', value: policy.keepsNewest ? 'Yes' : 'No' },
    { label: 'Replication', value: <Replication policy={policy} /> },
    {
      label: 'Changed',
      value: (
        <>
          <RelativeTime at={policy.updatedAt} /> by {policy.updatedBy}
        </>
      ),
    },
  ];
}
