import { z } from 'zod';
import { isoTime } from '@/lib/schemas';

/** The account in one region: what somebody is named by who is to receive a backup there. */
export const Project = z.object({ id: z.string(), region: z.string(), createdAt: isoTime });
export type Project = z.infer<typeof Project>;

export const ProjectId = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{32}$/, 'A project id is 32 digits and letters from a to f.');

export const ListProjects = z.object({});
export const CheckProject = z.object({ id: ProjectId });
export const CheckedProject = z.object({
  id: z.string(),
  account: z.object({ id: z.string(), name: z.string() }),
  region: z.string(),
  isOwn: z.boolean(),
});
export type CheckedProject = z.infer<typeof CheckedProject>;
