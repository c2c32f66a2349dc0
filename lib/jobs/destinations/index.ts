import { z } from 'zod';
import { DisksDestination } from './disks';
import { FileSystemDestination } from './file-system';
import { HanaDestination, HanaRecoveryMode } from './hana';
import { HostDestination } from './host';
import { OssDestination } from './oss';
import { TablestoreDestination } from './tablestore';

export { HanaRecoveryMode };

/** Where a restore writes to: one shape for each way of writing. */
export const RestoreTarget = z.discriminatedUnion('kind', [
  HostDestination,
  FileSystemDestination,
  OssDestination,
  TablestoreDestination,
  HanaDestination,
  DisksDestination,
]);
export type RestoreTarget = z.infer<typeof RestoreTarget>;
export type TargetKind = RestoreTarget['kind'];
