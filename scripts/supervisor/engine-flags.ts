/**
 * V8 counts the bytes that pass through an engine as if they were its heap, and would mark that heap from end to end for every
 * few MiB of a backup. Below this many MiB of both, it collects young objects only.
 */
export const engineFlags = ['--initial-old-space-size=48'];
