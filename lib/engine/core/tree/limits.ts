/** Bounds every reader enforces, so that a hostile tree costs no more than an honest one. */
export const maxNameBytes = 255;
export const maxTargetBytes = 4095;
export const maxXattrBytes = 64 * 1024;
export const maxDepth = 2048;
/** Levels of pages over one listing or chunk list: 8 levels of 64 KiB pages hold more than any filesystem. */
export const maxLevel = 8;
export const minPageBytes = 16 * 1024;
export const maxPageBytes = 64 * 1024;
/** One item may be this long (extended attributes), so that a page may be longer than `maxPageBytes` by as much. */
export const maxItemBytes = 96 * 1024;
/** Longer chunk lists become trees of their own. */
export const maxInlineChunks = 8;
