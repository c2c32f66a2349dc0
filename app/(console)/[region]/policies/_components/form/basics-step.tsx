'use client';

import { Field, FieldGroup } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { RadioCards } from '@/components/ui/radio-cards';
import { choosePreset, type PolicyDraft } from './draft';
import { presets } from './presets';

interface BasicsStepProps {
  draft: PolicyDraft;
  onChange: (draft: PolicyDraft) => void;
  isNew: boolean;
}

export function BasicsStep({ draft, onChange, isNew }: BasicsStepProps) {
  const zone = draft.rules[0]?.timeZone ?? 'UTC';
  return (
    <div className="flex flex-col gap-5">
      {isNew && (
        <FieldGroup legend="Begin with">
          <RadioCards
            label="Begin with"
            columns={2}
            value={draft.presetId}
            onValueChange={(presetId) => onChange(choosePreset(draft, presetId, zone))}
            options={presets.map(({ id, label, description }) => ({ value: id, label, description }))}
          />
        </FieldGroup>
      )}
      <Field label="Name" isRequired>
        <Input
          value={draft.name}
          maxLength={64}
          onChange={(event) => onChange({ ...draft, name: event.target.value })}
        />
      </Field>
      <Field label="Description" isOptional>
        <Textarea
          value={draft.description}
          maxLength={255}
          rows={2}
          onChange={(event) => onChange({ ...draft, description: event.target.value })}
        />
      </Field>
    </div>
  );
}

export function BasicsReview({ draft }: Pick<BasicsStepProps, 'draft'>) {
  return (
    <>
      <p className="font-medium">{draft.name}</p>
      {draft.description && <p className="text-muted">{draft.description}</p>}
    </>
  );
}
