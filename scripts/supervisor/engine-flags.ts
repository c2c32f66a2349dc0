/**
 * V8 counts the bytes that pass through an engine as if they were its heap, and would mark that heap from end to end for every
 * few MiB of a backup: below 48 MiB of both, it collects young objects only. Beyond, the heap grows by half of what is alive
 * before it is marked again. Young objects get 1 MiB: each piece that arrives is half a KiB of objects and 16 KiB beside them,
 * so with 8 MiB the pieces of 250 MiB would have to lie there before a cheap collection came, and marking came first.
 */
export const engineFlags = [
  '--initial-old-space-size=48',
  '--heap-growing-percent=50',
  '--max-semi-space-size=1',
];

/**
 * Of glibc's allocator: memory in pieces of a MiB and more goes back to the system when it is let go. By itself the allocator
 * raises that bound with every such piece, up to 32 MiB, and keeps what was freed.
 */
export const engineMemory = {
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(4 * 1024 * 1024),
};
