'use client';

import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { emptyBinding } from '@/app/(console)/_components/policies/binding-draft';
import { BindingFields } from '@/app/(console)/_components/policies/binding-fields';
import { Wizard, type WizardStep } from '@/components/console/wizard/wizard';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import type { CrossvaultError } from '@/lib/errors';
import type { Policy } from '@/lib/policies/schemas';
import { allVaultsQuery } from '@/lib/vaults/query';
import type { Vault } from '@/lib/vaults/schemas';
import { BasicsReview, BasicsStep } from './basics-step';
import { begunBindings, checkBindings, checkName, checkRules, checkTargets, type PolicyDraft } from './draft';
import { isActive, ReplicationStep } from './replication-step';
import { BindingsReview, ReplicationReview, RulesReview } from './reviews';
import { RulesStep } from './rules-step';

interface PolicyWizardProps {
  region: string;
  /** The policy that is edited; null for a new one. */
  policy: Policy | null;
  draft: PolicyDraft;
  onChange: (draft: PolicyDraft) => void;
  now: Date;
  reviewLead: ReactNode;
  submitLabel: string;
  submitDisabledReason: string | null;
  isSubmitting: boolean;
  error: CrossvaultError | null;
  onSubmit: () => void;
  onCancel: () => void;
}

/** The steps that creating and editing share; what a policy is bound to is asked for once, when it is made. */
export function PolicyWizard(props: PolicyWizardProps) {
  const { region, policy, draft, now, error } = props;
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<PolicyDraft>) => props.onChange({ ...draft, ...part });
  const vaults = boundVaults(useQuery(allVaultsQuery()).data ?? [], policy, draft);
  const missing = vaults.filter((vault) => !isActive(vault));
  const bindings: WizardStep = {
    id: 'bindings',
    title: 'What to protect',
    description: 'Data sources and the vaults that their points go into. More can be bound later.',
    content: <BindingsStep region={region} draft={draft} onChange={change} />,
    validate: () => checkBindings(draft),
    review: <BindingsReview bindings={begunBindings(draft)} />,
  };
  const steps: WizardStep[] = [
    {
      id: 'basics',
      title: 'Policy',
      description: policy
        ? undefined
        : 'What it is called, and what it begins with. Everything can be changed.',
      content: <BasicsStep draft={draft} onChange={props.onChange} isNew={policy === null} />,
      validate: () => checkName(draft),
      review: <BasicsReview draft={draft} />,
    },
    {
      id: 'rules',
      title: 'Backup rules',
      description: 'When backups are made, and how long each of their points is kept.',
      content: <RulesStep draft={draft} onChange={change} now={now} isTried={isTried} />,
      validate: () => {
        setIsTried(true);
        return checkRules(draft, now);
      },
      review: <RulesReview draft={draft} now={now} />,
    },
    ...(policy ? [] : [bindings]),
    {
      id: 'replication',
      title: 'Replication',
      description: 'A second copy, in another account or region.',
      content: (
        <ReplicationStep
          draft={draft}
          onChange={change}
          vaults={vaults}
          errors={error?.fields ?? {}}
          isNew={policy === null}
        />
      ),
      validate: () => checkTargets(draft, missing),
      review: <ReplicationReview draft={draft} vaults={vaults} />,
    },
  ];
  return (
    <Wizard
      label={policy ? `Edit ${policy.name}` : 'Create policy'}
      steps={steps}
      reviewLead={props.reviewLead}
      submitLabel={props.submitLabel}
      submitDisabledReason={props.submitDisabledReason}
      isSubmitting={props.isSubmitting}
      error={error && tell(error)}
      onSubmit={props.onSubmit}
      onCancel={props.onCancel}
    />
  );
}

function tell(error: CrossvaultError): string {
  const details = Object.values(error.fields ?? {}).filter((text) => text !== error.message);
  return [error.message, ...details].join(' ');
}

function boundVaults(all: Vault[], policy: Policy | null, draft: PolicyDraft): Vault[] {
  const bound = policy
    ? policy.bindings.map(({ vault }) => vault.id)
    : begunBindings(draft).map(({ vaultId }) => vaultId);
  return all.filter(({ id }) => bound.includes(id));
}

interface BindingsStepProps {
  region: string;
  draft: PolicyDraft;
  onChange: (part: Partial<PolicyDraft>) => void;
}

function BindingsStep({ region, draft, onChange }: BindingsStepProps) {
  const set = (index: number, part: object) =>
    onChange({
      bindings: draft.bindings.map((binding, at) => (at === index ? { ...binding, ...part } : binding)),
    });
  return (
    <div className="flex flex-col gap-5">
      {draft.bindings.length === 0 && (
        <Callout>
          The policy is bound to nothing yet and runs nothing. You can bind data sources on its page.
        </Callout>
      )}
      {draft.bindings.map((binding, index) => (
        <section
          // biome-ignore lint/suspicious/noArrayIndexKey: bindings have no name of their own before they are saved
          key={index}
          aria-label={`Binding ${index + 1}`}
          className="flex flex-col gap-4 rounded-md border border-line p-4"
        >
          <BindingFields region={region} binding={binding} onChange={(part) => set(index, part)} />
          <div>
            <Button
              size="sm"
              icon={<Trash2 />}
              onClick={() => onChange({ bindings: draft.bindings.filter((_, at) => at !== index) })}
            >
              Take out
            </Button>
          </div>
        </section>
      ))}
      <div>
        <Button icon={<Plus />} onClick={() => onChange({ bindings: [...draft.bindings, emptyBinding] })}>
          Add data source
        </Button>
      </div>
    </div>
  );
}
