import { Callout } from '@/components/ui/callout';
import type { SourceCheck } from '@/lib/sources/schemas';

/** What a check found, or why there is no answer. */
export function CheckResult({ check, problem }: { check: SourceCheck | null; problem: string | null }) {
  if (problem) {
    return (
      <div role="status">
        <Callout kind="danger" title="It could not be checked">
          {problem}
        </Callout>
      </div>
    );
  }
  if (!check) return null;
  return (
    <div role="status">
      <Callout
        kind={check.isUsable ? 'success' : 'danger'}
        title={check.isUsable ? 'It can be reached' : 'It cannot be used yet'}
      >
        {check.message}
        {check.facts.length > 0 && (
          <dl className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
            {check.facts.map(({ label, value }) => (
              <div key={label} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd className="wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </Callout>
    </div>
  );
}
