/**
 * V8 counts the bytes that pass through an engine as if they were its heap, and would mark that heap from end to end for every
 * few MiB of a backup: below 48 MiB of both, it collects young objects only. Beyond, the heap grows by half of what is alive
 * before it is marked again. Young objects of an engine are gone at once, so they need little room.
 */
export const engineFlags = [
  '--initial-old-space-size=48',
  '--heap-growing-percent=50',
  '--max-semi-space-size=8',
];

/**
 * Of glibc's allocator: memory in pieces of a MiB and more goes back to the system when it is let go. By itself the allocator
 * raises that bound with every such piece, up to 32 MiB, and keeps what was freed.
 */
export const engineMemory = {
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(4 * 1024 * 1024),
};
