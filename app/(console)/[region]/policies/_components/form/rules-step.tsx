'use client';

import { Plus } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Switch } from '@/components/ui/switch';
import { mostRules } from '@/lib/policies/schemas';
import { NextRuns } from '../preview/next-runs';
import { RulePreview } from '../preview/rule-preview';
import { type PolicyDraft, plannedRules } from './draft';
import { checkRule, newRule, type RuleDraft } from './rule-draft';
import { RuleEditor } from './rule-editor';

interface RulesStepProps {
  draft: PolicyDraft;
  onChange: (part: Partial<PolicyDraft>) => void;
  now: Date;
  /** Whether the reader has tried to go on: then what is missing is told at its field. */
  isTried: boolean;
}

export function RulesStep({ draft, onChange, now, isTried }: RulesStepProps) {
  const { rules } = draft;
  const set = (key: string, part: Partial<RuleDraft>) =>
    onChange({ rules: rules.map((rule) => (rule.key === key ? { ...rule, ...part } : rule)) });
  const add = () => {
    const zone = rules[0]?.timeZone ?? 'UTC';
    const key = `new-${rules.length}-${now.getTime()}`;
    onChange({ rules: [...rules, newRule(key, zone, { name: `Rule ${rules.length + 1}` })] });
  };
  return (
    <div className="flex flex-col gap-5">
      {rules.map((rule) => (
        <RuleEditor
          key={rule.key}
          rule={rule}
          problems={isTried ? checkRule(rule, now) : {}}
          onChange={(part) => set(rule.key, part)}
          onRemove={
            rules.length > 1 ? () => onChange({ rules: rules.filter(({ key }) => key !== rule.key) }) : null
          }
        />
      ))}
      <div>
        <Button
          icon={<Plus />}
          onClick={add}
          disabledReason={rules.length >= mostRules ? `A policy has at most ${mostRules} rules.` : null}
        >
          Add rule
        </Button>
      </div>
      <Switch
        label="Keep at least one point"
        description="The newest point of each binding stays beyond its date until there is a newer one. It does not hold for copies in a replication target vault."
        checked={draft.keepsNewest}
        onCheckedChange={(keepsNewest) => onChange({ keepsNewest })}
      />
      <RulesOutlook rules={rules} now={now} />
    </div>
  );
}

/** What the rules as they stand would do, while they are being entered. */
function RulesOutlook({ rules, now }: { rules: RuleDraft[]; now: Date }) {
  const planned = plannedRules(rules, now);
  return (
    <section aria-label="Outlook" className="rounded-md bg-sunken p-4">
      <h3 className="mb-2 font-semibold">What these rules do</h3>
      {planned ? (
        <div className="grid grid-cols-1 gap-6 lg:grid-cols-[minmax(0,1fr)_16rem]">
          <div className="flex flex-col gap-5">
            {planned.map((rule, index) => (
              <RulePreview key={rules[index]?.key} rule={rule} now={now} hasCalendar={false} />
            ))}
          </div>
          <div>
            <p className="font-medium">Next runs</p>
            <NextRuns rules={planned} now={now} />
          </div>
        </div>
      ) : (
        <p className="text-muted">Shown here once every rule can be planned.</p>
      )}
    </section>
  );
}
