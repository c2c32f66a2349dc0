'use client';

import { useQuery } from '@tanstack/react-query';
import { SearchableTree } from '@/app/(console)/_components/points/searchable-tree';
import { Button } from '@/components/ui/button';
import { formatBytes, plural } from '@/components/ui/format';
import { RadioCards } from '@/components/ui/radio-cards';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import { showEntryPath } from '@/lib/backup-points/shown-entry';
import { restoreEstimateQuery } from '@/lib/restores/query';
import { checkItems, type RestoreDraft, toSelection, treeSelection } from './draft';

interface ItemsStepProps {
  point: BackupPoint;
  draft: RestoreDraft;
  onChange: (part: Partial<RestoreDraft>) => void;
}

export function ItemsStep({ point, draft, onChange }: ItemsStepProps) {
  const select = (paths: string[]) =>
    onChange(draft.mode === 'exclude' ? { excluded: paths } : { included: paths });
  const size = `${formatBytes(point.sourceBytes)} in ${plural(point.fileCount, 'file')}`;
  return (
    <div className="flex flex-col gap-4">
      <RadioCards
        label="Items to restore"
        columns={3}
        value={draft.mode}
        onValueChange={(mode) => onChange({ mode: mode as RestoreDraft['mode'] })}
        options={[
          { value: 'all', label: 'Everything', description: size },
          { value: 'include', label: 'Only what I choose', description: 'Files and whole folders.' },
          { value: 'exclude', label: 'All but what I choose', description: 'Chosen items are left out.' },
        ]}
      />
      {draft.mode !== 'all' && (
        <>
          <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
            <ItemsEstimate point={point} draft={draft} />
            {treeSelection(draft).paths.length > 0 && (
              <Button size="sm" onClick={() => select([])}>
                Clear choice
              </Button>
            )}
          </div>
          <SearchableTree
            pointId={point.id}
            kind={point.source.kind}
            label={draft.mode === 'include' ? 'Files to restore' : 'Files; those without a tick are left out'}
            selection={treeSelection(draft)}
            onSelectionChange={(selection) => select(selection.paths)}
          />
        </>
      )}
    </div>
  );
}

/** What the choice comes to so far, counted by the engine. */
function ItemsEstimate({ point, draft }: Omit<ItemsStepProps, 'onChange'>) {
  const isComplete = checkItems(draft).length === 0;
  const estimate = useQuery({
    ...restoreEstimateQuery({ pointId: point.id, selection: toSelection(draft) }),
    enabled: isComplete,
  });
  if (!isComplete) {
    return (
      <p className="text-muted">
        {draft.mode === 'include' ? 'Nothing is chosen yet.' : 'Nothing is left out yet.'}
      </p>
    );
  }
  if (estimate.error) return <p className="text-danger">{estimate.error.message}</p>;
  return (
    <p role="status" className="text-muted">
      {estimate.data
        ? `To restore: ${formatBytes(estimate.data.bytes)} in ${plural(estimate.data.files, 'file')} and ${plural(estimate.data.folders, 'folder')}`
        : 'Counting…'}
    </p>
  );
}

const modeWords = { all: 'Everything', include: 'Only these', exclude: 'Everything but these' };
const mostShown = 20;

export function ItemsReview({ draft }: { draft: RestoreDraft }) {
  const paths = draft.mode === 'all' ? [] : treeSelection(draft).paths;
  return (
    <>
      <p>{modeWords[draft.mode]}</p>
      <ul className="mt-1 font-mono text-sm empty:hidden">
        {paths.slice(0, mostShown).map((path) => (
          <li key={path} className="wrap-anywhere">
            {showEntryPath(draft.kind ?? 'local_file', path)}
          </li>
        ))}
        {paths.length > mostShown && (
          <li className="font-sans text-muted">and {plural(paths.length - mostShown, 'more item')}</li>
        )}
      </ul>
    </>
  );
}
