import type { TreeSelection } from '@/components/console/file-tree/selection';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { RestoreSpec } from '@/lib/jobs/schemas';

/** What the reader has entered so far. It outlives going back and forth between the steps. */
export interface RestoreDraft {
  vaultId: string | null;
  /** Whole, because a later page of the list may no longer hold it. */
  point: BackupPoint | null;
  mode: RestoreSpec['selection']['mode'];
  /** Kept apart, so that trying the other mode loses nothing. */
  included: string[];
  excluded: string[];
  clientId: string | null;
  targetPath: string;
  conflictPolicy: RestoreSpec['conflictPolicy'];
}

export const emptyDraft: RestoreDraft = {
  vaultId: null,
  point: null,
  mode: 'all',
  included: [],
  excluded: [],
  clientId: null,
  targetPath: '',
  conflictPolicy: 'keep_both',
};

/** Another vault holds other points, and another point other files. */
export function chooseVault(draft: RestoreDraft, vaultId: string): RestoreDraft {
  return draft.vaultId === vaultId ? draft : { ...choosePoint(draft, null), vaultId };
}

export function choosePoint(draft: RestoreDraft, point: BackupPoint | null): RestoreDraft {
  return draft.point?.id === point?.id ? draft : { ...draft, point, mode: 'all', included: [], excluded: [] };
}

export function treeSelection(draft: RestoreDraft): TreeSelection {
  return draft.mode === 'exclude'
    ? { mode: 'exclude', paths: draft.excluded }
    : { mode: 'include', paths: draft.included };
}

export function toSelection(draft: RestoreDraft): RestoreSpec['selection'] {
  return draft.mode === 'all' ? { mode: 'all' } : treeSelection(draft);
}

const mostPaths = 1000;

export function checkItems(draft: RestoreDraft): string[] {
  if (draft.mode === 'all') return [];
  const { paths } = treeSelection(draft);
  if (paths.length === 0) {
    return [
      draft.mode === 'include' ? 'Choose at least one item.' : 'Choose at least one item to leave out.',
    ];
  }
  return paths.length > mostPaths ? [`Choose at most ${mostPaths} items. A whole folder counts as one.`] : [];
}
