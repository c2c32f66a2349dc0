import { z } from 'zod';
import { defineKind } from './kind';

/** An SAP HANA instance on the host of a backup client; its Backint agent moves the bytes. */
export const hana = defineKind({
  kind: 'hana',
  servedBy: 'client',
  config: z.object({
    kind: z.literal('hana'),
    sid: z.string().regex(/^[A-Z][A-Z0-9]{2}$/, 'Three capital letters or digits, beginning with a letter.'),
    instanceNumber: z.string().regex(/^[0-9]{2}$/, 'Two digits.'),
    /** As their owner calls them, for the console; a backup of another one is taken all the same. */
    databases: z
      .array(
        z
          .string()
          .trim()
          .regex(/^[A-Z][A-Z0-9_]{0,126}$/, 'Capital letters, digits and underscores.'),
      )
      .max(50)
      .default([]),
    /** How long points are kept: of complete, differential and incremental backups, and of logs and catalogs. */
    dataRetentionDays: z.coerce.number<number | string>().int().min(1).max(364_635).default(30),
    logRetentionDays: z.coerce.number<number | string>().int().min(1).max(364_635).default(30),
  }),
  secret: null,
  item: ({ sid, instanceNumber }) => `${sid}/${instanceNumber}`,
  defaultName: ({ sid }) => sid,
  fixedFields: ['sid', 'instanceNumber'],
});
