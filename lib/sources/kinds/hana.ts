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
  }),
  secret: null,
  item: ({ sid, instanceNumber }) => `${sid}/${instanceNumber}`,
  defaultName: ({ sid }) => sid,
  fixedFields: ['sid', 'instanceNumber'],
});
