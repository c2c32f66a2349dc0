import { Panel } from '@/components/ui/panel';
import { Time } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import { spell } from '@/lib/policies/retention';
import type { Policy } from '@/lib/policies/schemas';
import { describeRetention, describeSchedule } from '@/lib/policies/words';

export function RulesTab({ policy }: { policy: Policy }) {
  return (
    <div className="flex flex-col gap-4">
      {policy.rules.map((rule) => (
        <Panel key={rule.id} title={rule.name}>
          <Summary
            columns={3}
            items={[
              { label: 'Schedule', value: describeSchedule(rule.schedule) },
              { label: 'In force from', value: <Time at={rule.schedule.startAt} /> },
              { label: 'Retention', value: describeRetention(rule.retention) },
              {
                label: 'Archiving',
                value: rule.archiveAfterDays === null ? 'None' : `After ${spell(rule.archiveAfterDays)}`,
              },
            ]}
          />
        </Panel>
      ))}
      <p className="text-muted">
        How long a point is kept is decided when it is made. Changing a rule governs later points only.
      </p>
    </div>
  );
}
