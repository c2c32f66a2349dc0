import { and, eq } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { backupPoints, pins } from '@/db/schema';
import type { ChunkName } from '@/lib/engine/core';
import { NameSet } from '@/lib/engine/core/name-set';
import { pageReferences } from '@/lib/engine/core/tree/references';
import type { CarriedGroup } from '@/lib/engine/core/vault-io';
import { CrossvaultError, notFound } from '@/lib/errors';
import { openPinIn } from '../index/pins';
import type { VaultEnvironment } from '../vaults';
import { frameHeadBytes } from '../wire-frames';
import { CountedChunks } from './counted-chunks';
import { type JobClaim, type JobRow, requireRunningJob } from './job-guard';
import { type OpenPoint, openPoint, planFrames } from './open-point';
import type { ServedFrames } from './send-frames';
import { reachableNames } from './walk-pages';

const idleMs = 15 * 60_000;
const maxSessions = 200;

/** Names that a restore may ask for: those of its point, as its pages are handed out. */
class RestoreSession {
  #allowed = new NameSet();
  #isComplete = false;
  readonly counted = new CountedChunks();
  lastUsedAt = performance.now();

  constructor(root: ChunkName) {
    this.#allowed.add(root);
  }

  /**
   * @throws `not_found` for a name that the point does not reach, the same as for one that does not exist. Before that
   * the whole tree is walked, once: after a restart the client goes on in the middle of it.
   */
  async requireAllowed(point: OpenPoint, names: readonly ChunkName[]): Promise<void> {
    if (names.every((name) => this.#allowed.has(name))) return;
    if (!this.#isComplete) {
      this.#allowed = await reachableNames(point.vault, point.lineage, point.reader, point.rootPage);
      this.#isComplete = true;
    }
    if (!names.every((name) => this.#allowed.has(name))) {
      throw new CrossvaultError(
        'not_found',
        'A chunk is not part of the backup point that this job restores.',
        {
          reason: 'chunk_not_reachable',
        },
      );
    }
  }

  allowReferences(page: Uint8Array): void {
    if (this.#isComplete) return;
    const { pages, chunks } = pageReferences(page);
    for (const name of pages) this.#allowed.add(name);
    for (const { name } of chunks) this.#allowed.add(name);
  }
}

/** The restores that this engine serves. A session that is not here is made again. */
export class RestoreSessions {
  readonly #sessions = new Map<string, RestoreSession>();

  constructor(private readonly environment: VaultEnvironment) {}

  get size(): number {
    return this.#sessions.size;
  }

  /** Opens the job's point and pins it: it stays whole until the job ends, also when it expires or is deleted meanwhile. */
  async begin(claim: JobClaim): Promise<OpenPoint> {
    const { accountId } = claim;
    const pointId = await inAccount(this.environment.db, accountId, async (tx) => {
      const job = await requireRunningJob(tx, claim);
      const pointId = requirePoint(job);
      if (await isPinned(tx, job, pointId)) return pointId;
      await lockVisible(tx, pointId);
      await openPinIn(tx, accountId, { vaultId: job.vaultId, workKind: 'restore', workId: job.id, pointId });
      return pointId;
    });
    return openPoint(this.environment, accountId, pointId, { isPinned: true });
  }

  /** The chunks by frames. Nothing is served before all names were found allowed, and counted for billing. */
  async serve(claim: JobClaim, names: readonly ChunkName[]): Promise<ServedFrames> {
    const point = await this.#openPoint(claim);
    const session = this.#sessionOf(claim, point);
    await session.requireAllowed(point, names);
    const { vault, lineage, reader } = point;
    const groups = await planFrames(vault, lineage, reader, names);
    await session.counted.count(this.environment.db, claim, groups);
    return { groups, frames: allowing(session, reader.readFrames(groups, frameHeadBytes)) };
  }

  end(jobId: string): void {
    this.#sessions.delete(jobId);
  }

  async #openPoint(claim: JobClaim): Promise<OpenPoint> {
    const held = await inAccount(this.environment.db, claim.accountId, async (tx) => {
      const job = await requireRunningJob(tx, claim);
      const pointId = requirePoint(job);
      return { pointId, isPinned: await isPinned(tx, job, pointId) };
    });
    return openPoint(this.environment, claim.accountId, held.pointId, held);
  }

  #sessionOf({ jobId }: JobClaim, point: OpenPoint): RestoreSession {
    const now = performance.now();
    const session = this.#sessions.get(jobId) ?? new RestoreSession(point.rootPage);
    session.lastUsedAt = now;
    this.#sessions.delete(jobId);
    this.#sessions.set(jobId, session);
    // Least recently used first: each set of names may take some tens of MiB.
    for (const [id, { lastUsedAt }] of this.#sessions) {
      if (this.#sessions.size <= maxSessions && now - lastUsedAt < idleMs) break;
      if (id !== jobId) this.#sessions.delete(id);
    }
    return session;
  }
}

/** What pages refer to may be asked for from then on. Pages cross unpacked. */
async function* allowing(
  session: RestoreSession,
  groups: AsyncGenerator<CarriedGroup>,
): AsyncGenerator<CarriedGroup> {
  for await (const group of groups) {
    for (const { type, chunks, body } of group.frames) {
      if (type !== 'tree') continue;
      let at = 0;
      for (const length of chunks.lengths) {
        session.allowReferences(body.subarray(at, at + length));
        at += length;
      }
    }
    yield group;
  }
}

function requirePoint({ pointId }: JobRow): string {
  if (!pointId) throw notFound('backup point');
  return pointId;
}

async function isPinned(tx: Tx, { id: workId, vaultId }: JobRow, pointId: string): Promise<boolean> {
  const held = await tx
    .select({ pinNo: pins.pinNo })
    .from(pins)
    .where(
      and(
        eq(pins.vaultId, vaultId),
        eq(pins.workKind, 'restore'),
        eq(pins.workId, workId),
        eq(pins.pointId, pointId),
      ),
    );
  return held.length > 0;
}

/** Against deletion until the pin is committed, so that a pinned point was visible when it was pinned. */
async function lockVisible(tx: Tx, pointId: string): Promise<void> {
  const found = await tx
    .select({ id: backupPoints.id })
    .from(backupPoints)
    .where(and(eq(backupPoints.id, pointId), eq(backupPoints.status, 'visible')))
    .for('share');
  if (found.length === 0) throw notFound('backup point');
}
