import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits behind a prefix that tells a leaked one from other text. */
export function newSecret(prefix: 'cve' | 'cvc' | 'cvd'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** All that is kept of a secret. A plain hash will do: nobody can try 2^256 values. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
