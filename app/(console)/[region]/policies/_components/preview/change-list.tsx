import { Callout } from '@/components/ui/callout';
import { Status } from '@/components/ui/status';
import type { PolicyChange } from '@/lib/policies/schemas';

const topics: Record<PolicyChange['topic'], string> = {
  name: 'Name',
  rules: 'Backup rule',
  schedule: 'Schedule',
  retention: 'Retention of later points',
  archiving: 'Archiving of later points',
  keep_newest: 'Keep at least one',
  replication: 'Replication',
};

/** Old and new side by side, with what follows; what protects less stands first. */
export function ChangeList({ changes }: { changes: PolicyChange[] }) {
  if (changes.length === 0) return <Callout>Nothing is changed yet.</Callout>;
  const sorted = [...changes].sort((a, b) => Number(b.isWeaker) - Number(a.isWeaker));
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {sorted.map((change) => (
        <li
          key={`${change.topic} ${change.rule} ${change.before} ${change.after}`}
          className="flex flex-col gap-1.5 px-4 py-3"
        >
          <p className="flex flex-wrap items-center gap-x-3">
            <span className="font-medium">{topics[change.topic]}</span>
            {change.rule && <span className="text-muted">{change.rule}</span>}
            {change.isWeaker && <Status kind="warning">Protects less</Status>}
          </p>
          <dl className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
            <Value label="Now" value={change.before} />
            <Value label="After saving" value={change.after} />
          </dl>
          <p className="text-muted">{change.consequence}</p>
        </li>
      ))}
    </ul>
  );
}

function Value({ label, value }: { label: string; value: string | null }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="wrap-anywhere">{value ?? 'None'}</dd>
    </div>
  );
}
