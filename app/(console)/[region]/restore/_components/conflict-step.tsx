'use client';

import { conflictWords } from '@/app/(console)/_components/jobs/job-words';
import { RadioCards } from '@/components/ui/radio-cards';
import type { RestoreDraft } from './draft';

interface ConflictStepProps {
  draft: RestoreDraft;
  onChange: (part: Partial<RestoreDraft>) => void;
}

const order = ['keep_both', 'skip', 'only_if_newer', 'overwrite'] as const;

export function ConflictStep({ draft, onChange }: ConflictStepProps) {
  return (
    <RadioCards
      label="When a file exists already"
      value={draft.conflictPolicy}
      onValueChange={(policy) => onChange({ conflictPolicy: policy as RestoreDraft['conflictPolicy'] })}
      options={order.map((policy) => ({
        value: policy,
        label: conflictWords[policy].word,
        description: conflictWords[policy].what,
      }))}
    />
  );
}

export function ConflictReview({ draft }: Pick<ConflictStepProps, 'draft'>) {
  const { word, what } = conflictWords[draft.conflictPolicy];
  return (
    <p>
      <span className="font-medium">{word}.</span> {what}
    </p>
  );
}
