import { sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import type { StoredObject } from '@/lib/engine/core';
import { packSha256Of } from '@/lib/engine/core/store/object-names';
import { engineContext } from '@/lib/engine/vaults';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { bringObject } from './bring-object';
import { nextCompare, type ZoneWork } from './heal-zones';

const objectsAtATime = 500;
/** A step ends after so many bytes were brought, so that other accounts have their turn. */
const stepBytes = 32 * 1024 * 1024;

/**
 * Compares the next stretch of names with what the siblings have and brings what is missing. Where it stands is in the
 * row: another process goes on from there. @returns whether there is more. @throws `storage_unavailable`.
 */
export async function comparePage(work: ZoneWork): Promise<boolean> {
  const after = work.compareAfter ?? '';
  const theirs = await listSiblings(work, after);
  const last = theirs.next;
  const own = await listOwn(work, after, last);
  const deleted = await readDeleted(work);
  const tally = { seen: 0, seenBytes: 0, brought: 0, broughtBytes: 0 };
  let stoppedAt: string | null = null;
  for (const { name, sizeBytes } of theirs.objects) {
    tally.seen++;
    tally.seenBytes += sizeBytes;
    const have = own.get(name);
    // Of sealed objects of another length nobody can tell here which is good: verifying does.
    const isOdd = have === undefined || (have !== sizeBytes && packSha256Of(name) !== null);
    if (isOdd && !deleted.has(name)) {
      const bytes = await bringObject(work, name, have !== undefined);
      if (bytes !== null) {
        tally.brought++;
        tally.broughtBytes += bytes;
      }
    }
    if (tally.broughtBytes >= stepBytes && name !== theirs.objects.at(-1)!.name) {
      stoppedAt = name;
      break;
    }
  }
  return writeDown(work, tally, stoppedAt ?? last);
}

interface Tally {
  seen: number;
  seenBytes: number;
  brought: number;
  broughtBytes: number;
}

/** What any sibling has, up to where every one of them was asked. */
async function listSiblings({ siblings }: ZoneWork, after: string) {
  const pages = await Promise.all(
    siblings.map(({ store }) => store.list('', { after, limit: objectsAtATime })),
  );
  const next = pages.flatMap((page) => (page.next === null ? [] : [page.next])).sort()[0] ?? null;
  const found = new Map(pages.flatMap((page) => page.objects.map((object) => [object.name, object])));
  const objects: StoredObject[] = [...found.values()]
    .filter(({ name }) => next === null || name <= next)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { objects, next };
}

async function listOwn({ own }: ZoneWork, after: string, last: string | null): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (let from: string | null = after; from !== null && (last === null || from < last); ) {
    const page = await own.list('', { after: from, limit: objectsAtATime });
    for (const { name, sizeBytes } of page.objects) sizes.set(name, sizeBytes);
    from = page.next;
  }
  return sizes;
}

/** Objects that another zone still has only because it was away when they were deleted. */
async function readDeleted({ environment, accountId, vaultId }: ZoneWork): Promise<Set<string>> {
  const rows = await inAccount(environment.db, accountId, (tx) =>
    tx.execute<{ object_name: string }>(
      sql`select object_name from zone_debts where vault_id = ${vaultId} and kind = 'delete'`,
    ),
  );
  return new Set(rows.map((row) => row.object_name));
}

async function writeDown(work: ZoneWork, tally: Tally, next: string | null): Promise<boolean> {
  const { environment, accountId, vaultId, zone } = work;
  const isFirst = work.compareAfter === null;
  const sum = (column: string, more: number) =>
    isFirst ? sql`${more}` : sql`${sql.identifier(column)} + ${more}`;
  await inAccount(environment.db, accountId, async (tx) => {
    await tx.execute(sql`
      update vault_zones set compare_after = ${next}, due_at = now(), last_error = null, last_error_at = null,
        compare_started_at = ${isFirst ? sql`now()` : sql`compare_started_at`},
        seen_objects = ${sum('seen_objects', tally.seen)}, seen_bytes = ${sum('seen_bytes', tally.seenBytes)},
        brought_objects = ${sum('brought_objects', tally.brought)},
        brought_bytes = ${sum('brought_bytes', tally.broughtBytes)}
      where vault_id = ${vaultId} and zone = ${zone}`);
    if (next === null) await end(tx, work);
  });
  return next !== null;
}

async function end(tx: Tx, { environment, accountId, vaultId, vaultName, region, zone, state }: ZoneWork) {
  const [row] = await tx.execute<{ brought_objects: string; brought_bytes: string }>(sql`
    update vault_zones set state = 'whole', stored_objects = seen_objects, stored_bytes = seen_bytes, compared_at = now(),
      next_compare_at = ${nextCompare}, due_at = ${nextCompare}
    where vault_id = ${vaultId} and zone = ${zone} returning brought_objects, brought_bytes`);
  const [objects, bytes] = [Number(row!.brought_objects), Number(row!.brought_bytes)];
  if (objects === 0 && state === 'whole') return;
  await writeAudit(engineContext(environment.db, accountId), tx, 'vaults.zone_healed', {
    resourceKind: 'vault',
    resourceId: vaultId,
    resourceName: vaultName,
    after: { zone, broughtObjects: objects, broughtBytes: bytes },
  });
  await notify(tx, accountId, {
    kind: 'vaults.zone_healed',
    severity: 'success',
    title: `Zone ${zone} of ${vaultName} is whole`,
    body: `${objects} objects (${bytes} bytes) were brought to it from another zone.`,
    href: `/${region}/vaults/${vaultId}`,
  });
}
