'use client';

import { Callout } from '@/components/ui/callout';
import type { RestoreTarget } from '@/lib/jobs/schemas';
import type { RestoreDestination } from '@/lib/restores/schemas';

interface DestinationCheckProps {
  destination: RestoreDestination;
  target: RestoreTarget;
}

/** Whether a restore to it could begin now. */
export function DestinationCheck({ destination }: DestinationCheckProps) {
  if (destination.isOnline) return null;
  return (
    <Callout kind="warning" title={`${destination.name} cannot be reached now`}>
      The restore can be started all the same; it begins when it is back.
    </Callout>
  );
}
