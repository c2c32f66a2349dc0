import type { AdapterRegistry } from './adapter';

const allowsPrivateEndpoints = process.env.CROSSVAULT_ALLOW_PRIVATE_ENDPOINTS === 'true';

/** What the engine's mover serves. Each is loaded with its first job, so that a heavy SDK costs only those who use it. */
export const regionAdapters: AdapterRegistry = (kind) => {
  switch (kind) {
    case 'oss':
      return import('./oss/adapter').then(({ ossAdapter }) => ossAdapter({ allowsPrivateEndpoints }));
    case 'nas':
      return import('./file-system/region-file-system').then(({ nasFileSystem }) => nasFileSystem);
    case 'cpfs':
      return import('./file-system/region-file-system').then(({ cpfsFileSystem }) => cpfsFileSystem);
    case 'disk':
    case 'server':
      return import('./block/adapter').then(({ blockAdapter }) => blockAdapter);
    case 'tablestore':
      return import('./tablestore/adapter').then(({ tablestoreAdapter }) =>
        tablestoreAdapter({ allowsPrivateEndpoints }),
      );
    default:
      return null;
  }
};
