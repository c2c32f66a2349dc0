import { hash, verify } from '@node-rs/argon2';

/** Argon2id with 64 MiB and three passes: about 100 ms on one core. The parameters travel inside the hash. */
const cost = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

let dummy: Promise<string> | null = null;

/**
 * Whether the password matches. Without a hash (nobody has that e-mail) it does the same work and answers false, so
 * that the time taken does not tell which e-mails exist.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword('nobody has this password');
  const matches = await verify(passwordHash ?? (await dummy), password).catch(() => false);
  return passwordHash !== null && matches;
}
