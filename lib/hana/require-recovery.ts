import type { Tx } from '@/db/client';
import { CrossvaultError } from '@/lib/errors';
import { type HanaDestination, missingOfRecovery } from '@/lib/jobs/destinations/hana';
import { findRecovery, type Recovery } from './find-recovery';

/**
 * What a restore of SAP HANA must say before it is queued. @throws `invalid_input` for what its mode needs and is not given,
 * `not_eligible` with the reason when the vault does not hold what it needs.
 */
export async function requireRecovery(
  tx: Tx,
  accountId: string,
  pointId: string,
  wanted: HanaDestination,
): Promise<Recovery> {
  const missing = missingOfRecovery(wanted);
  if (Object.keys(missing).length > 0)
    throw new CrossvaultError('invalid_input', 'Some fields need another value. Nothing was changed.', {
      fields: Object.fromEntries(
        Object.entries(missing).map(([field, why]) => [`destination.${field}`, why]),
      ),
    });
  return findRecovery(tx, accountId, pointId, wanted);
}
