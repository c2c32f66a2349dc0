import type { z } from 'zod';
import { StartBackup } from '@/lib/jobs/schemas';

/** What the schema says of a backup that is being put together, by field. */
export function findProblems(input: z.input<typeof StartBackup>): Record<string, string> {
  const parsed = StartBackup.safeParse(input);
  const issues = parsed.success ? [] : parsed.error.issues;
  return Object.fromEntries(issues.map((issue) => [issue.path.join('.'), issue.message]).reverse());
}

export const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
