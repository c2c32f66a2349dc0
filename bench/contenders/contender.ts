import type { Measurement } from '../measure';

/** In the order in which they are taken. */
export const steps = [
  'first backup',
  'unchanged backup',
  'first replication',
  'changed backup',
  'replication of the change',
  'backup of scattered changes',
  'replication of scattered changes',
  'nothing to replicate',
  'restore from the copy',
  'small point visible at the copy',
] as const;
export type Step = (typeof steps)[number];

export interface Run {
  /** The data to back up. */
  source: string;
  /** Where restored data goes; for one step of one contender. */
  restoreTo: string;
}

/** One tool over one run: a fresh first store, a fresh second store under another key. */
export interface Contender {
  name: string;
  /** The product itself: all that it restores is compared with the source. */
  isOwn?: boolean;
  /** Steps that it has no equivalent of are left out. */
  steps: Partial<Record<Step, (run: Run) => Promise<Measurement>>>;
  /** Where the last step put the tree, for the comparison with the source. */
  restoredTree?(run: Run): string;
  /** Figures beside the times, read after the last step. */
  facts(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export interface ContenderFactory {
  name: string;
  /** @param folder an empty folder for this run */
  open(folder: string): Promise<Contender>;
}
