import { CrossvaultError } from '@/lib/errors';
import { findRegion, type Region } from './schemas';

/** @throws `invalid_input` at the field `region`. */
export function requireRegion(id: string): Region {
  const region = findRegion(id);
  if (region) return region;
  throw new CrossvaultError('invalid_input', 'This region does not exist. Choose another one.', {
    fields: { region: 'Choose a region of the list.' },
  });
}

/** @throws `not_eligible` where the region does not offer this kind of data source. */
export function requireSourceKind(region: Region, kind: string): void {
  if (region.sourceKinds.includes(kind)) return;
  throw new CrossvaultError(
    'not_eligible',
    `${region.name} does not take data sources of this kind (${kind}). Choose another region.`,
    { reason: 'region_without_source_kind', fields: { region: 'Choose a region that offers this source.' } },
  );
}
