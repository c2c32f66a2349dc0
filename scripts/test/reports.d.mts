export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Why, where the tests said so. */
  skippedFor?: string[];
  /** What failed: the test, and the first line of why on a line of its own. */
  failures?: string[];
}

/** Each counts from the report in `file`, given the exit code of the suite that wrote it. */
export function countVitest(file: string, code: number): Counts;
export function countPlaywright(file: string, code: number): Counts;
export function countLint(file: string, code: number): Counts;
