'use client';

import { useQuery } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import Link from 'next/link';
import { useParams } from 'next/navigation';
import { useState } from 'react';
import type { z } from 'zod';
import { JobProgress } from '@/app/(console)/_components/jobs/job-progress';
import { isOpen, jobHref, readStatus } from '@/app/(console)/_components/jobs/job-words';
import { RestoreChangesView } from '@/app/(console)/_components/jobs/restore-changes';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Panel } from '@/components/ui/panel';
import { jobQuery } from '@/lib/jobs/query';
import type { Job } from '@/lib/jobs/schemas';
import type { RestoreDestination, StartRestore } from '@/lib/restores/schemas';
import { startRestoreAction } from '../actions';
import type { RestoreKindUi } from './kinds/kind';

export type RestoreRequest = z.input<typeof StartRestore>;

interface DryRunPanelProps {
  request: RestoreRequest;
  ui: RestoreKindUi;
  destination: RestoreDestination;
}

/** Runs the restore without writing and says what it would change. An answer for other settings is not shown. */
export function DryRunPanel({ request, ui, destination }: DryRunPanelProps) {
  const { region } = useParams<{ region: string }>();
  const asked = JSON.stringify(request);
  const [run, setRun] = useState<{ asked: string; jobId: string } | null>(null);
  const start = useAction(startRestoreAction, (job) => setRun({ asked, jobId: job.id }));
  const isCurrent = run?.asked === asked;
  const job = useQuery({ ...jobQuery(run?.jobId ?? ''), enabled: isCurrent });
  const found = isCurrent ? (job.data ?? null) : null;
  const isRunning = start.isPending || (isCurrent && (!found || isOpen(found)));
  const refusal = destination.isOnline ? null : `${destination.name} is offline. A dry run needs it.`;
  return (
    <Panel
      title="Dry run"
      description={`Walks the destination and counts which ${ui.item}s would be created, replaced and left. Nothing is written.`}
      actions={
        <Button
          size="sm"
          icon={<FlaskConical />}
          isLoading={isRunning}
          disabledReason={refusal}
          onClick={() => start.send({ ...request, isDryRun: true })}
        >
          {found && !isOpen(found) ? 'Run again' : 'Run dry run'}
        </Button>
      }
    >
      {start.error ? (
        <p className="text-danger">{[start.error.message, ...Object.values(start.fields)].join(' ')}</p>
      ) : found ? (
        <DryRunState job={found} href={jobHref(found, region)} />
      ) : (
        <p className="text-muted">
          {refusal ?? (run ? 'The settings have changed since the last dry run.' : 'Not run yet.')}
        </p>
      )}
    </Panel>
  );
}

function DryRunState({ job, href }: { job: Job; href: string }) {
  if (job.status === 'running') return <JobProgress job={job} />;
  if (job.status === 'queued') return <p className="text-muted">{readStatus(job).detail}</p>;
  const changes = job.report?.changes;
  return (
    <div className="flex flex-col gap-3">
      {changes ? (
        <RestoreChangesView changes={changes} skippedCount={job.report?.skippedCount ?? 0} />
      ) : (
        <Callout kind="danger" title="The dry run did not end well">
          {job.error?.message ?? 'It was cancelled.'}
        </Callout>
      )}
      <Link href={href} className="link w-fit text-sm underline" target="_blank">
        Open the dry run’s report
      </Link>
    </div>
  );
}
