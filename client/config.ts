import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';

/** What enrolment leaves on the host. The credential is a secret: 0600, in a folder of mode 0700. */
export const Enrolment = z.object({
  version: z.literal(1),
  server: z.url(),
  /** SHA-256 of the gateway's certificate (DER), hex. */
  pin: z.string().regex(/^[0-9a-f]{64}$/),
  clientId: z.string(),
  credential: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  region: z.string(),
  name: z.string(),
  enrolledAt: z.iso.datetime({ offset: true }),
});
export type Enrolment = z.infer<typeof Enrolment>;

const Contact = z.object({ lastContactAt: z.iso.datetime({ offset: true }) });

/** `--config`, else `CROSSVAULT_CLIENT_DIR`, else the usual place of this user. */
export function locateConfig(given?: string): string {
  if (given) return given;
  const fromEnv = process.env.CROSSVAULT_CLIENT_DIR;
  if (fromEnv) return fromEnv;
  return process.getuid?.() === 0 ? '/var/lib/crossvault-client' : join(homedir(), '.crossvault-client');
}

/** One host's client folder: who it is, when it last reached the gateway, caches and journals. */
export class ClientFolder {
  constructor(readonly path: string) {}

  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Makes the folder and one below it, readable by this user alone. */
  async prepare(...names: string[]): Promise<string> {
    const path = this.file(...names);
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(this.path, 0o700);
    return path;
  }

  async findEnrolment(): Promise<Enrolment | null> {
    return this.#read('enrolment.json', Enrolment);
  }

  /** @throws `unauthenticated` on a host that is not enrolled. */
  async getEnrolment(): Promise<Enrolment> {
    const found = await this.findEnrolment();
    if (found) return found;
    throw new CrossvaultError(
      'unauthenticated',
      `This host is not enrolled: ${this.path} holds no credential. Create a token on the Clients page and run "crossvault enrol".`,
    );
  }

  async saveEnrolment(enrolment: Enrolment): Promise<void> {
    await this.#write('enrolment.json', enrolment);
  }

  async findLastContact(): Promise<Date | null> {
    const found = await this.#read('contact.json', Contact).catch(() => null);
    return found ? new Date(found.lastContactAt) : null;
  }

  async saveLastContact(at: Date): Promise<void> {
    await this.#write('contact.json', { lastContactAt: at.toISOString() });
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | null> {
    const text = await readFile(this.file(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw new CrossvaultError('invalid_input', `${this.file(name)} cannot be read (${error.code}).`, {
        cause: error,
      });
    });
    if (text === null) return null;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new CrossvaultError(
        'invalid_input',
        `${this.file(name)} is damaged. Nothing was changed; enrol this host again to write it anew.`,
        { cause },
      );
    }
  }

  /** A reader sees the old file or the new one, never half of it. */
  async #write(name: string, value: unknown): Promise<void> {
    await this.prepare();
    const temporary = this.file(`.${name}.${randomBytes(6).toString('hex')}`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.file(name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}
