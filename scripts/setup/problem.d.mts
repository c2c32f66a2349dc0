/** Something that the person at the terminal can put right: shown as its message alone, without a stack. */
export class Problem extends Error {}

/** Shows why a script ends and ends it. */
export function fail(error: unknown): never;
