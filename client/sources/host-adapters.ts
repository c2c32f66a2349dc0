import type { AdapterRegistry } from './adapter';

/** What the backup client of a host serves beside the host's own files. */
export const hostAdapters: AdapterRegistry = (_kind) => null;
