import type { LucideIcon } from 'lucide-react';
import type { ComponentType, ReactNode } from 'react';
import type { z } from 'zod';
import type { SummaryItem } from '@/components/ui/summary';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { ConflictPolicy, RestoreTarget } from '@/lib/jobs/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';
import type { RestoreDraft } from '../draft';

export interface KindFieldsProps {
  draft: RestoreDraft;
  onChange: (part: Partial<RestoreDraft>) => void;
  destination: RestoreDestination | null;
  point: BackupPoint | null;
}

/** How the wizard asks for one kind of data source. What it says to the server is `toTarget`. */
export interface RestoreKindUi {
  title: string;
  description: string;
  icon: LucideIcon;
  /** What has to stand ready before a restore, in the order it is made. */
  needs: readonly { title: string; how: ReactNode }[];
  /** What is restored to, as sentences name it: `a bucket`. */
  place: string;
  /** Where a place that is missing is made. */
  register: { label: string; section: string; search: string };
  /** What lies in a point of it: `file`, `object`. */
  item: string;
  /** Where below the chosen place it is written to. */
  Fields: ComponentType<KindFieldsProps>;
  /** What else can be chosen about how it is written. */
  Options: ComponentType<KindFieldsProps> | null;
  /** Those that make sense for it; none when nothing is asked. */
  conflictPolicies: readonly z.infer<typeof ConflictPolicy>[];
  toTarget(draft: RestoreDraft, place: RestoreDestination): RestoreTarget;
  /** What is missing of the destination, in sentences. */
  checkFields(draft: RestoreDraft, place: RestoreDestination): string[];
  /** What is missing of the options. */
  checkOptions?(draft: RestoreDraft): string[];
  summarise(draft: RestoreDraft): SummaryItem[];
  summariseOptions?(draft: RestoreDraft): SummaryItem[];
}
