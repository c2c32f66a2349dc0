import Link from 'next/link';
import { RunStatus } from '@/app/(console)/_components/policies/policy-words';
import type { Column } from '@/components/console/data-table/types';
import { sectionHref } from '@/components/console/navigation';
import { Nothing, Time } from '@/components/ui/quantities';
import { spell } from '@/lib/policies/retention';
import type { PolicyRun } from '@/lib/policies/schemas';

export function runColumns(region: string): Column<PolicyRun>[] {
  return [
    {
      id: 'time',
      header: 'Time',
      isTitle: true,
      cell: (run) => (
        <div>
          <Time at={run.runAt} />
          <span className="block font-normal text-muted">
            {run.rule.name}
            {run.cause === 'manual' && `, by ${run.startedBy}`}
          </span>
        </div>
      ),
    },
    { id: 'state', header: 'Outcome', cell: (run) => <RunStatus run={run} hasDetail /> },
    {
      id: 'source',
      header: 'Data source',
      cell: (run) => (
        <div className="min-w-0">
          {run.source.name}
          <span className="block text-muted text-sm">into {run.vault.name}</span>
        </div>
      ),
    },
    {
      id: 'kept',
      header: 'Kept for',
      cell: (run) =>
        run.retentionDays === null ? (
          <Nothing label="No point was made" />
        ) : (
          <div>
            {spell(run.retentionDays)}
            <span className="block text-muted text-sm">{run.retentionReason}</span>
          </div>
        ),
    },
    {
      id: 'links',
      header: 'Job and point',
      cell: (run) => (
        <span className="flex flex-wrap gap-x-3">
          {run.jobId && (
            <Link className="link underline" href={`${sectionHref(region, 'backup-jobs')}/${run.jobId}`}>
              Job
            </Link>
          )}
          {run.pointId && (
            <Link
              className="link underline"
              href={`${sectionHref(run.vault.region, 'backup-points')}/${run.pointId}`}
            >
              Point
            </Link>
          )}
          {!run.jobId && <Nothing />}
        </span>
      ),
    },
  ];
}
