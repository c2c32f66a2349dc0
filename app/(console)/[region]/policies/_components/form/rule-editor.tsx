'use client';

import { Trash2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RetentionFields } from './retention-fields';
import type { RuleDraft } from './rule-draft';
import { ScheduleFields } from './schedule-fields';

export interface RuleEditorProps {
  rule: RuleDraft;
  problems: Record<string, string>;
  onChange: (part: Partial<RuleDraft>) => void;
}

interface Props extends RuleEditorProps {
  /** Null for the only rule. */
  onRemove: (() => void) | null;
}

/** One backup rule: when it runs, how long its points are kept, when they are archived. */
export function RuleEditor({ rule, problems, onChange, onRemove }: Props) {
  return (
    <section
      aria-label={`Rule ${rule.name}`}
      className="flex flex-col gap-5 rounded-md border border-line p-4"
    >
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Rule name" error={problems.name} isRequired className="min-w-0 flex-1 basis-48">
          <Input value={rule.name} onChange={(event) => onChange({ name: event.target.value })} />
        </Field>
        {onRemove && (
          <Button icon={<Trash2 />} onClick={onRemove}>
            Remove rule
          </Button>
        )}
      </div>
      <ScheduleFields rule={rule} problems={problems} onChange={onChange} />
      <RetentionFields rule={rule} problems={problems} onChange={onChange} />
    </section>
  );
}
