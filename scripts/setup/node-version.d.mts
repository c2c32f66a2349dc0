/** A sentence that says what to do when this version of Node is too old, else null. */
export function unsupportedNode(version: string): string | null;
