import { z } from 'zod';
import { defineKind } from './kind';

/** A server with all its disks; its source is made with it. */
export const server = defineKind({
  kind: 'server',
  servedBy: 'region',
  config: z.object({ kind: z.literal('server'), serverId: z.string().max(64) }),
  comesWithThing: true,
  secret: null,
  item: ({ serverId }) => serverId,
  defaultName: ({ serverId }) => serverId,
  fixedFields: ['serverId'],
});
