import { z } from 'zod';
import { BackupClient } from '@/lib/clients/schemas';
import { bytes, isoTime, SourceKind } from '@/lib/schemas';

export {
  findRegisteredKind,
  type RegisteredKind,
  type RegisteredSourceKind,
  registeredKinds,
  SourceConfig,
} from './config';
export { isStreamSource, sourceKinds } from './kinds';
export { AskedAbout, QuestionBody, QuestionKind, SourceCheck, SourceListing } from './questions';

/** What one client protects on its host, with the newest backup point of it in this account's own vaults. */
export const DataSource = z.object({
  id: z.string(),
  kind: SourceKind,
  name: z.string(),
  client: BackupClient.pick({ id: true, name: true, status: true, region: true }),
  pointCount: z.number().int(),
  newestPoint: z
    .object({
      id: z.string(),
      createdAt: isoTime,
      sourceBytes: bytes,
      fileCount: bytes,
      paths: z.array(z.string()),
      vault: z.object({ id: z.string(), name: z.string(), region: z.string() }),
    })
    .nullable(),
});
export type DataSource = z.infer<typeof DataSource>;
export const ListDataSources = z.object({});
