/** What to do when the destination already has something under that name. `keep_both` writes beside it. */
export const conflictPolicies = ['overwrite', 'skip', 'keep_both', 'only_if_newer'] as const;
export type ConflictPolicy = (typeof conflictPolicies)[number];
