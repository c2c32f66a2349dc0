import type { Measurement } from '../measure';

/** In the order in which they are taken. */
export const diskSteps = [
  'disk backup',
  'unchanged disk',
  'server started: whole disk compared',
  '1 % changed, clustered',
  '1 % changed, scattered',
  'create disk',
] as const;
export type DiskStep = (typeof diskSteps)[number];

/** One tool that keeps versions of one raw image and writes the newest one out again. */
export interface DiskContender {
  name: string;
  /** Steps that it has no equivalent of are left out. */
  steps: Partial<Record<DiskStep, (made: string) => Promise<Measurement>>>;
  storedBytes(): Promise<number>;
}
