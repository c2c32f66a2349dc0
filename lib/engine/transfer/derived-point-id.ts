import { createHash } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id of a point made from where it comes from, so that every attempt stores the same manifest, and what a given-up
 * attempt stored is found without a row that names it.
 */
export function derivedPointId(from: string): string {
  const hash = createHash('sha256').update(from).digest();
  return `s-${[...hash.subarray(0, 20)].map((byte) => alphabet[byte & 31]).join('')}`;
}

/** Of the copy of a shared backup, or of a copy into another region, in its target vault. */
export function copiedPointId(copyId: string, targetVaultId: string): string {
  return derivedPointId(`copied ${copyId} ${targetVaultId}`);
}
