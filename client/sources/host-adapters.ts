import type { AdapterRegistry } from './adapter';

/** What the backup client of a host serves beside the host's own files. */
export const hostAdapters: AdapterRegistry = (kind) => {
  switch (kind) {
    case 'hana':
      return import('./hana/adapter').then(({ hanaAdapter }) => hanaAdapter);
    case 'common_nas':
      return import('./file-system/on-premises-nas').then(({ onPremisesNas }) => onPremisesNas);
    default:
      return null;
  }
};
