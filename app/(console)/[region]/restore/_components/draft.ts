import type { TreeSelection } from '@/components/console/file-tree/selection';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { RestoreSpec } from '@/lib/jobs/schemas';
import { RestoreTarget, type TargetKind } from '@/lib/jobs/schemas';
import type { SourceKind } from '@/lib/schemas';

export type TargetOf<K extends TargetKind> = Extract<RestoreTarget, { kind: K }>;
type WizardTarget = Exclude<TargetKind, 'disks'>;
/** What was entered for each way of writing, kept apart so that trying another kind loses nothing. */
export type Answers = { [K in WizardTarget]: Omit<TargetOf<K>, 'kind' | 'sourceId'> };

/** What the reader has entered so far. It outlives going back and forth between the steps. */
export interface RestoreDraft {
  kind: SourceKind | null;
  vaultId: string | null;
  /** Whole, because a later page of the list may no longer hold it. */
  point: BackupPoint | null;
  mode: RestoreSpec['selection']['mode'];
  /** Kept apart, so that trying the other mode loses nothing. */
  included: string[];
  excluded: string[];
  /** The chosen host's client, or the chosen registered source. */
  placeId: string | null;
  answers: Answers;
  conflictPolicy: RestoreSpec['conflictPolicy'];
}

/** The defaults of a target's own schema. */
function startOf<K extends WizardTarget>(kind: K): Answers[K] {
  const {
    kind: _,
    sourceId: __,
    ...defaults
  } = RestoreTarget.parse({ kind, sourceId: 'none' }) as never as {
    kind: K;
    sourceId: string;
  };
  return defaults as Answers[K];
}

export const emptyAnswers: Answers = {
  host: { targetPath: '' },
  file_system: { path: '/' },
  oss: startOf('oss'),
  tablestore: startOf('tablestore'),
  hana: startOf('hana'),
};

export const emptyDraft: RestoreDraft = {
  kind: null,
  vaultId: null,
  point: null,
  mode: 'all',
  included: [],
  excluded: [],
  placeId: null,
  answers: emptyAnswers,
  conflictPolicy: 'keep_both',
};

/** Another kind lies in other points and goes to other places. */
export function chooseKind(draft: RestoreDraft, kind: SourceKind): RestoreDraft {
  return draft.kind === kind ? draft : { ...choosePoint(draft, null), kind, placeId: null };
}

/** Another vault holds other points, and another point other files. */
export function chooseVault(draft: RestoreDraft, vaultId: string): RestoreDraft {
  return draft.vaultId === vaultId ? draft : { ...choosePoint(draft, null), vaultId };
}

export function choosePoint(draft: RestoreDraft, point: BackupPoint | null): RestoreDraft {
  return draft.point?.id === point?.id ? draft : { ...draft, point, mode: 'all', included: [], excluded: [] };
}

/** One target's answers with a part of them changed. */
export function answer<K extends WizardTarget>(
  draft: RestoreDraft,
  kind: K,
  part: Partial<Answers[K]>,
): Partial<RestoreDraft> {
  return { answers: { ...draft.answers, [kind]: { ...draft.answers[kind], ...part } } };
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
