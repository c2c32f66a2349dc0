import { Progress } from '@/components/ui/progress';
import { regionName } from '@/lib/regions/schemas';
import type { Quota } from '@/lib/vaults/schemas';

/** How much of a limit on vaults is used. */
export function QuotaMeter({ quota }: { quota: Quota }) {
  const { name, region, used, maximum } = quota;
  const what =
    name === 'vaults' ? 'vaults of this account' : `replication target vaults in ${regionName(region)}`;
  const label = `${used} of ${maximum} ${what} used`;
  return (
    <div className="flex flex-col gap-1.5 text-sm">
      <span className="text-muted">{label}</span>
      <Progress label={label} fraction={used / maximum} tone={used >= maximum ? 'warning' : 'info'} />
    </div>
  );
}
