import { CrossvaultError } from '@/lib/errors';
import type { AdapterRegistry, SourceAdapter } from './adapter';

/** @throws `not_eligible` for a kind that this program does not serve. */
export async function findAdapter(
  registry: AdapterRegistry | undefined,
  kind: Parameters<AdapterRegistry>[0],
): Promise<SourceAdapter> {
  const loading = registry?.(kind) ?? null;
  if (loading) return loading;
  throw new CrossvaultError(
    'not_eligible',
    `This client does not serve data sources of the kind ${kind}. Update it, or register the source elsewhere.`,
    { reason: 'source_kind_unknown' },
  );
}
