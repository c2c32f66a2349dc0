import { z } from 'zod';
import { defineKind } from './kind';

/** A file system that the operator has mounted on the engine's machines and registered for the account. */
export const nas = defineKind({
  kind: 'nas',
  servedBy: 'region',
  config: z.object({
    kind: z.literal('nas'),
    fileSystemId: z.string().min(1, 'Choose a file system.').max(64),
  }),
  secret: null,
  item: ({ fileSystemId }) => fileSystemId,
  defaultName: ({ fileSystemId }) => fileSystemId,
  fixedFields: ['fileSystemId'],
});
