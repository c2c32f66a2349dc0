/** Whether a failed statement broke this named constraint or unique index. */
export function violates(error: unknown, constraint: string): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('constraint_name' in at && at.constraint_name === constraint) return true;
  }
  return false;
}
