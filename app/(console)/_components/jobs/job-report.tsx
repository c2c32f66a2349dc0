import { CircleCheck, Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/copyable';
import { formatCount } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Summary } from '@/components/ui/summary';
import type { Job, JobReport as Report } from '@/lib/jobs/schemas';
import { RestoreChangesView } from './restore-changes';

/** What a job did, item by item where something was left out. */
export function JobReport({ job, report }: { job: Job; report: Report }) {
  const counts = isAboutTables(job) ? countTables(job, report) : countFiles(job, report);
  return (
    <div className="flex flex-col gap-5">
      <Panel title="Report">
        <Summary items={counts} />
        {report.notes && report.notes.length > 0 && (
          <ul className="mt-4 flex flex-col gap-1 text-muted text-sm">
            {report.notes.map((note) => (
              <li key={note} className="wrap-anywhere">
                {note}
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {report.statements && report.statements.length > 0 && (
        <Panel
          title="Run in SAP HANA"
          description="In this order, as a user who may recover databases. HANA then reads its backups through the Backint agent."
        >
          <CodeBlock text={report.statements.join(';\n\n')} label="Copy statements" />
        </Panel>
      )}
      {report.changes && (
        <Panel
          title={job.isDryRun ? 'What would change' : 'What has changed'}
          description="At the destination, in counts and bytes."
        >
          <RestoreChangesView changes={report.changes} skippedCount={report.skippedCount} />
        </Panel>
      )}
      <Panel
        title={`Left out (${formatCount(report.skippedCount)})`}
        description={
          report.skippedCount > report.skipped.length
            ? `The first ${formatCount(report.skipped.length)} are listed.`
            : undefined
        }
        actions={report.skipped.length > 0 && <DownloadList job={job} report={report} />}
        isFlush
      >
        {report.skippedCount === 0 ? (
          <p className="flex items-center gap-2 p-4 text-muted">
            <CircleCheck className="size-4 text-success" aria-hidden />
            Nothing was left out.
          </p>
        ) : (
          <ul className="max-h-96 overflow-y-auto text-sm">
            {report.skipped.map(({ path, reason }) => (
              <li
                key={path}
                className="flex flex-col gap-0.5 border-line border-b px-4 py-2 last:border-b-0 sm:flex-row sm:gap-6"
              >
                <span className="wrap-anywhere font-mono sm:flex-1">{path}</span>
                <span className="text-muted sm:w-2/5">{reason}</span>
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}

/** What was left out with the reasons, as a spreadsheet opens it. */
function DownloadList({ job, report }: { job: Job; report: Report }) {
  const save = () => {
    const rows = report.skipped.map(({ path, reason }) => [path, reason].map(toCell).join(','));
    const text = ['path,reason', ...rows].join('\r\n');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
    link.download = `left-out-${job.id}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Button size="sm" icon={<Download />} onClick={save}>
      Download list
    </Button>
  );
}

/** A path that begins like a formula must not become one. */
function toCell(text: string): string {
  const safe = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function isAboutTables({ source, destination }: Job): boolean {
  return source?.kind === 'tablestore' || destination?.kind === 'tablestore';
}

function countFiles({ kind }: Job, report: Report) {
  return [
    { label: 'Files', value: formatCount(report.files) },
    { label: 'Folders', value: formatCount(report.folders) },
    { label: 'Symbolic links', value: formatCount(report.symlinks) },
    {
      label: kind === 'backup' ? 'Unchanged, not read again' : 'Already there, not written again',
      value: formatCount(report.unchangedFiles),
    },
  ];
}

/** A backup of tables reads every row, so none is left unread. */
function countTables({ kind }: Job, report: Report) {
  const kept = { label: 'Already there, kept', value: formatCount(report.unchangedFiles) };
  return [
    { label: 'Tables', value: formatCount(report.folders) },
    { label: kind === 'backup' ? 'Rows' : 'Rows written', value: formatCount(report.files) },
    ...(kind === 'restore' ? [kept] : []),
  ];
}
