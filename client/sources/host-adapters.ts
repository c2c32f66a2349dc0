import type { AdapterRegistry } from './adapter';

/** What the backup client of a host serves beside the host's own files. */
export const hostAdapters: AdapterRegistry = (kind) => {
  switch (kind) {
    case 'hana':
      return import('./hana/adapter').then(({ hanaAdapter }) => hanaAdapter);
    default:
      return null;
  }
};
