import { z } from 'zod';
import { defineKind } from './kind';

/** A disk of a pool; its source is made with it. */
export const disk = defineKind({
  kind: 'disk',
  servedBy: 'region',
  config: z.object({ kind: z.literal('disk'), diskId: z.string().max(64) }),
  comesWithThing: true,
  secret: null,
  item: ({ diskId }) => diskId,
  defaultName: ({ diskId }) => diskId,
  fixedFields: ['diskId'],
});
