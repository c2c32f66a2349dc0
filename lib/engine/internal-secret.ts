import { randomBytes } from 'node:crypto';
import { readOrCreateSecret } from './core/secret-file';

/** The 32 bytes that web and engine share, kept as hex. Made once, however many processes start at the same time. */
export async function loadOrCreateInternalSecret(path: string): Promise<Buffer> {
  const { text } = await readOrCreateSecret(path, () => `${randomBytes(32).toString('hex')}\n`);
  const secret = Buffer.from(text.trim(), 'hex');
  if (secret.length < 32) throw new Error(`${path} does not hold 32 bytes as hex.`);
  return secret;
}
