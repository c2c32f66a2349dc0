import { sectionHref } from '@/components/console/navigation';
import { Status, type StatusKind } from '@/components/ui/status';
import type { PolicyRun } from '@/lib/policies/schemas';

export function policyHref(id: string, region: string): string {
  return `${sectionHref(region, 'policies')}/${id}`;
}

export const runWords: Record<PolicyRun['state'], { kind: StatusKind; word: string }> = {
  open: { kind: 'running', word: 'Under way' },
  complete: { kind: 'success', word: 'Complete' },
  partial: { kind: 'warning', word: 'Partial' },
  failed: { kind: 'danger', word: 'Failed' },
  cancelled: { kind: 'stopped', word: 'Cancelled' },
  missed: { kind: 'warning', word: 'Missed' },
};

export function RunStatus({ run, hasDetail }: { run: PolicyRun; hasDetail?: boolean }) {
  const { kind, word } = runWords[run.state];
  const times = run.runCount > 1 ? `${run.runCount > 1000 ? 'Over 1,000' : run.runCount} runs. ` : '';
  return (
    <Status kind={kind} detail={hasDetail && run.explanation ? `${times}${run.explanation}` : undefined}>
      {word}
    </Status>
  );
}
