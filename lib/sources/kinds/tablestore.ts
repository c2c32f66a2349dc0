import { z } from 'zod';
import { defineKind } from './kind';

/** A Tablestore instance. */
export const tablestore = defineKind({
  kind: 'tablestore',
  servedBy: 'region',
  config: z.object({
    kind: z.literal('tablestore'),
    endpoint: z.url({ protocol: /^https?$/, error: 'Give an http or https address.' }),
    instance: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{1,19}$/, 'Not the name of an instance.'),
  }),
  secret: z.object({
    accessKeyId: z.string().min(1, 'Enter the access key id.').max(256),
    accessKeySecret: z.string().min(1, 'Enter the access key secret.').max(256),
  }),
  item: ({ endpoint, instance }) => `${new URL(endpoint).host}/${instance}`,
  defaultName: ({ instance }) => instance,
  fixedFields: ['instance'],
});
