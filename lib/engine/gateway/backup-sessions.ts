import { CrossvaultError } from '@/lib/errors';
import type { VaultEnvironment } from '../vaults';
import type { BackupSession } from './backup-session';
import type { JobClaim } from './job-guard';
import { openBackup } from './open-backup';
import { ChunksMissingError } from './verify-tree';

/** A session holds some tens of MiB of packs being filled. One account alone leaves room for the others. */
const limits = { sessions: 24, perAccount: 16 };
const idleMs = 15 * 60_000;

/** The backups that this engine is taking in. A session that is not here is made again from the database. */
export class BackupSessions {
  readonly #sessions = new Map<string, Promise<BackupSession>>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(
    private readonly environment: VaultEnvironment,
    private readonly limit = limits,
  ) {
    this.#sweeper = setInterval(() => void this.#closeIdle(), 60_000);
    this.#sweeper.unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws `rate_limited` while this engine has as many backups as it can hold, or as one account may have of them. */
  async get(claim: JobClaim): Promise<BackupSession> {
    const id = sessionId(claim);
    let opening = this.#sessions.get(id);
    if (!opening) {
      this.#requireRoom(claim.accountId);
      opening = openBackup(this.environment, claim);
      this.#sessions.set(id, opening);
      opening.catch(() => {
        if (this.#sessions.get(id) === opening) this.#sessions.delete(id);
      });
    }
    const session = await opening;
    session.lastUsedAt = performance.now();
    return session;
  }

  #requireRoom(accountId: string): void {
    const ofAccount = [...this.#sessions.keys()].filter((id) => id.startsWith(`${accountId} `)).length;
    if (this.#sessions.size < this.limit.sessions && ofAccount < this.limit.perAccount) return;
    throw new CrossvaultError(
      'rate_limited',
      'The engine is taking in as many backups as it can. Try again soon.',
    );
  }

  /** Begins anew: earlier sessions of this job are closed first, so that what they took is durable. */
  async begin(claim: JobClaim): Promise<BackupSession> {
    await this.end(claim.jobId);
    return this.get(claim);
  }

  /** Closes the sessions of all attempts of a job. */
  async end(jobId: string): Promise<void> {
    const ids = [...this.#sessions.keys()].filter((id) => id.split(' ')[1] === jobId);
    await Promise.all(ids.map((id) => this.#close(id)));
  }

  /** Runs one request on the session. One that is broken, or that remembers what storage does not have, ends. */
  async use<T>(claim: JobClaim, act: (session: BackupSession) => Promise<T>): Promise<T> {
    const session = await this.get(claim);
    session.requests++;
    try {
      return await act(session);
    } catch (error) {
      if (session.isBroken || error instanceof ChunksMissingError) await this.drop(claim);
      throw error;
    } finally {
      session.requests--;
      session.lastUsedAt = performance.now();
    }
  }

  drop(claim: SessionKey): Promise<void> {
    return this.#close(sessionId(claim));
  }

  async #close(id: string): Promise<void> {
    const opening = this.#sessions.get(id);
    this.#sessions.delete(id);
    const session = await opening?.catch(() => null);
    await session?.close();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const open = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(open.map(async (opening) => (await opening.catch(() => null))?.close()));
  }

  async #closeIdle(): Promise<void> {
    const before = performance.now() - idleMs;
    for (const [id, opening] of this.#sessions) {
      const session = await opening.catch(() => null);
      if (!session || session.requests > 0 || session.lastUsedAt > before) continue;
      this.#sessions.delete(id);
      await session.close();
    }
  }
}

type SessionKey = Pick<JobClaim, 'accountId' | 'jobId' | 'attempt'>;

function sessionId({ accountId, jobId, attempt }: SessionKey): string {
  return `${accountId} ${jobId} ${attempt}`;
}
