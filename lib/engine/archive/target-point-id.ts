import { createHash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id of a point in the archive vault it moves to. Made from where it comes from, so that every attempt stores the same
 * manifest, and what a given-up attempt stored is found without a row that names it.
 */
export function targetPointId(pointId: string, archiveVaultId: string): string {
  const hash = createHash('sha256').update(`archived ${pointId} ${archiveVaultId}`).digest();
  return `s-${[...hash.subarray(0, 20)].map((byte) => alphabet[byte & 31]).join('')}`;
}
