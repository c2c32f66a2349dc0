import { and, eq, sql } from 'drizzle-orm';
import { type Database, inAccount, type Tx } from '@/db/client';
import { packs, pins } from '@/db/schema';

export type WorkKind = 'backup' | 'copy' | 'restore' | 'verify' | 'archive' | 'backup_copy';

export interface PinnedWork {
  vaultId: string;
  workKind: WorkKind;
  /** The job, or the copy, that the pin belongs to; one pin a vault and work. */
  workId: string;
  /** A point whose chunks the work relies on. */
  pointId?: string | null;
}

export interface Pin {
  pinNo: number;
  pointId: string | null;
}

/**
 * Opens the pin of a piece of work, or finds the one it has: a repeated call after a crash gets the same pin and keeps
 * its point. It must be committed before the work's first look-up, because collection waits for older pins only.
 */
export async function openPin(db: Database, accountId: string, work: PinnedWork): Promise<Pin> {
  return inAccount(db, accountId, (tx) => openPinIn(tx, accountId, work));
}

export async function openPinIn(tx: Tx, accountId: string, work: PinnedWork): Promise<Pin> {
  const { vaultId, workKind, workId, pointId = null } = work;
  const [pin] = await tx
    .insert(pins)
    .values({ accountId, vaultId, workKind, workId, pointId })
    .onConflictDoUpdate({ target: [pins.vaultId, pins.workKind, pins.workId], set: { workId } })
    .returning({ pinNo: pins.pinNo, pointId: pins.pointId });
  return pin!;
}

/** Ends a pin; its packs are from then on kept by the points that reach them, and by nothing else. Repeatable. */
export async function releasePin(tx: Tx, pinNo: number): Promise<void> {
  await tx.update(packs).set({ pinNo: null }).where(eq(packs.pinNo, pinNo));
  await tx.delete(pins).where(eq(pins.pinNo, pinNo));
}

/** Releases whatever pins a piece of work holds, in any vault of the account. */
export async function releasePinsOf(tx: Tx, workKind: WorkKind, workId: string): Promise<void> {
  const held = await tx
    .select({ pinNo: pins.pinNo })
    .from(pins)
    .where(and(eq(pins.workKind, workKind), eq(pins.workId, workId)));
  for (const { pinNo } of held) await releasePin(tx, pinNo);
}

/** Sealed bytes that the pin's work has put so far. */
export async function pinnedBytes(tx: Tx, pinNo: number): Promise<number> {
  const [row] = await tx
    .select({ bytes: sql<string>`coalesce(sum(${packs.sizeBytes}), 0)` })
    .from(packs)
    .where(eq(packs.pinNo, pinNo));
  return Number(row?.bytes ?? 0);
}
