import { and, eq, sql } from 'drizzle-orm';
import { inAccount } from '@/db/client';
import { makeBackupPoint } from '@/db/factories';
import { backupCopies, backupPoints, backupShares, images, vaults } from '@/db/schema';
import type { TestDatabase } from '@/db/testing/harness';
import { deleteBackupPoint } from '@/lib/backup-points';
import { newId } from '@/lib/context';
import { expirePoints } from '@/lib/engine/ticker/points';
import { copiedPointId } from '@/lib/engine/transfer/derived-point-id';
import type { VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { Random } from '@/lib/testing/model/random';
import { type TestAccount, testAccount } from '@/lib/testing/world';
import { acceptBackupShare, cancelBackupShare, rejectBackupShare } from '.';
import { sharingFixtures } from './test-shares';

export type Actor =
  | 'accept'
  | 'accept_again'
  | 'reject'
  | 'cancel'
  | 'delete'
  | 'expire'
  | 'commit'
  | 'image'
  | 'return';
const actors: Actor[] = [
  'accept',
  'accept_again',
  'reject',
  'cancel',
  'delete',
  'expire',
  'commit',
  'image',
  'return',
];

/** What cannot both have happened, in whatever order. */
const exclusive: [Actor, Actor][] = [
  ['accept', 'accept_again'],
  ['accept', 'reject'],
  ['accept_again', 'reject'],
  ['reject', 'cancel'],
  ['reject', 'expire'],
  ['cancel', 'expire'],
  ['cancel', 'return'],
  ['cancel', 'image'],
];

export interface RaceReport {
  races: number;
  wins: Record<string, number>;
  losses: number;
  deadlocks: number;
  doubleWins: string[];
}

interface Vault {
  id: string;
  spaceNo: number;
  lineageId: string;
}

/** Sharers and recipients that are also each other's, so that locks are taken from both sides. */
export async function makeRaceTrack(database: TestDatabase) {
  const { owner } = database;
  const fixtures = sharingFixtures(database);
  const accounts: { account: TestAccount; vaults: Vault[]; projectId: string }[] = [];
  for (let i = 0; i < 4; i++) {
    const account = await testAccount(database);
    const made: Vault[] = [];
    for (let n = 0; n < 2; n++) {
      const { id } = await fixtures.makeDiskVault(account, { capacityBytes: 2_000_000 });
      const point = await makeBackupPoint(owner, { accountId: account.id, vaultId: id, sourceKind: 'disk' });
      made.push({ id, spaceNo: point.spaceNo, lineageId: point.lineageId });
    }
    accounts.push({ account, vaults: made, projectId: await fixtures.projectOf(account) });
  }
  return { database, accounts, kept: [] as { sharer: TestAccount; shareId: string }[] };
}
type Track = Awaited<ReturnType<typeof makeRaceTrack>>;

/**
 * One race: a shared backup, up to nine who want something of it at the same moment, and what is true afterwards. Who takes part
 * in each comes from the seed; who is faster does not.
 */
export async function runRaces(
  track: Track,
  environment: Pick<VaultEnvironment, 'db'>,
  { races, seed }: { races: number; seed: number },
): Promise<RaceReport> {
  const report: RaceReport = { races, wins: {}, losses: 0, deadlocks: 0, doubleWins: [] };
  const lanes = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = lane; n < races; n += 4)
      await runRace(track, environment, report, new Random(seed * 1_000_003 + n));
  });
  await Promise.all(lanes);
  await judgeRoom(track, report);
  return report;
}

async function runRace(
  track: Track,
  environment: Pick<VaultEnvironment, 'db'>,
  report: RaceReport,
  random: Random,
) {
  const race = await lineUp(track, drawPair(track, random), random);
  const wanted = actors.filter(() => random.chance(1 / 2));
  if (!wanted.includes('accept') && random.chance(2 / 3)) wanted.push('accept');
  const isUnderWay = random.chance(1 / 2);
  const begun: Actor[] = [];
  if (isUnderWay && (await attempt(report, () => act('accept', race, track, environment)))) {
    begun.push('accept');
    if (random.chance(1 / 2) && (await attempt(report, () => act('commit', race, track, environment))))
      begun.push('commit');
  }
  const won = await Promise.all(
    wanted
      .filter((actor) => !begun.includes(actor))
      .map(async (actor) =>
        (await attempt(report, () => act(actor, race, track, environment))) ? [actor] : [],
      ),
  );
  const winners = [...begun, ...won.flat()];
  for (const winner of winners) report.wins[winner] = (report.wins[winner] ?? 0) + 1;
  for (const [one, other] of exclusive)
    if (winners.includes(one) && winners.includes(other)) report.doubleWins.push(`${one} and ${other}`);
  report.doubleWins.push(...(await judge(track, race)));
  await cleanUp(track, race);
}

interface Race {
  sharer: Track['accounts'][number];
  recipient: Track['accounts'][number];
  pointId: string;
  shareId: string;
  imageId: string;
}

function drawPair({ accounts }: Track, random: Random): Pick<Race, 'sharer' | 'recipient'> {
  const from = random.below(accounts.length);
  const to = (from + 1 + random.below(accounts.length - 1)) % accounts.length;
  return { sharer: accounts[from]!, recipient: accounts[to]! };
}

async function lineUp(
  track: Track,
  pair: Pick<Race, 'sharer' | 'recipient'>,
  random = new Random(0),
): Promise<Race> {
  const { owner } = track.database;
  const { sharer, recipient } = pair;
  const vault = sharer.vaults[random.below(2)]!;
  const point = await makeBackupPoint(owner, {
    accountId: sharer.account.id,
    sourceKind: 'disk',
    vaultId: vault.id,
    spaceNo: vault.spaceNo,
    lineageId: vault.lineageId,
    dataBytes: 1_500_000,
  });
  const shareId = newId('bs');
  await owner.insert(backupShares).values({
    accountId: sharer.account.id,
    id: shareId,
    pointId: point.id,
    vaultId: '',
    recipientAccountId: recipient.account.id,
    recipientProjectId: recipient.projectId,
    createdBy: 'u',
  });
  return { sharer, recipient, pointId: point.id, shareId, imageId: newId('img') };
}

/** @returns whether it was done; a clear refusal is a loss, anything else is a fault. */
async function attempt(report: RaceReport, work: () => Promise<boolean>): Promise<boolean> {
  try {
    if (await work()) return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === '40P01') report.deadlocks += 1;
    else if (!(error instanceof CrossvaultError) && code !== 'CV042' && code !== 'CV043') throw error;
  }
  report.losses += 1;
  return false;
}

function codeOf(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if ('code' in at && typeof at.code === 'string' && /^[0-9A-Z]{5}$/.test(at.code)) return at.code;
  return null;
}

async function act(
  actor: Actor,
  race: Race,
  { database: { owner } }: Track,
  environment: Pick<VaultEnvironment, 'db'>,
): Promise<boolean> {
  const { sharer, recipient, pointId, shareId, imageId } = race;
  const asSharer = sharer.account.as('administrator');
  const asRecipient = recipient.account.as('administrator');
  switch (actor) {
    case 'accept': {
      const vaultId = recipient.vaults[0]!.id;
      return (await acceptBackupShare(asRecipient, { id: shareId, vaultId })) !== null;
    }
    case 'accept_again':
      return acceptPastTheVerb(race, recipient.vaults[1]!.id);
    case 'reject':
      return (await rejectBackupShare(asRecipient, { id: shareId })) !== null;
    case 'cancel':
      return (await cancelBackupShare(asSharer, { id: shareId })).state === 'cancelled';
    case 'delete':
      return (await deleteBackupPoint(asSharer, { id: pointId, confirm: pointId })) !== null;
    case 'expire': {
      await owner.execute(
        sql`update backup_points set expires_at = now() - interval '1 second' where id = ${pointId}`,
      );
      await owner.execute(
        sql`update backup_shares set expires_at = now() - interval '1 second' where id = ${shareId}`,
      );
      while (await expirePoints(environment as VaultEnvironment, sharer.account.id)) {}
      const [row] = await owner.select().from(backupShares).where(eq(backupShares.id, shareId));
      return row!.state === 'deleted' && row!.endedBy === 'expiry';
    }
    case 'commit':
      return commit(race, environment);
    case 'image': {
      const copy = await copyOf(owner, shareId);
      if (!copy) return false;
      const account = {
        accountId: recipient.account.id,
        region: 'cn-hangzhou',
        sourceName: 'd',
        createdBy: 'u',
      };
      await owner.insert(images).values({ ...account, id: imageId, name: imageId, pointId: copy.id });
      return true;
    }
    case 'return': {
      const copy = await copyOf(owner, shareId);
      if (!copy) return false;
      return (await deleteBackupPoint(asRecipient, { id: copy.id, confirm: copy.id })) !== null;
    }
  }
}

/** Past the verb's own look at the rule: the database alone decides. */
async function acceptPastTheVerb({ recipient, shareId }: Race, vaultId: string): Promise<boolean> {
  const { db } = recipient.account.as('administrator');
  const pointId = copiedPointId(shareId, vaultId);
  const [answer] = await inAccount(db, recipient.account.id, (tx) =>
    tx.execute<{ refusal: string | null }>(
      sql`select accept_backup_share(${shareId}, ${vaultId}, ${pointId}, 'u') as refusal`,
    ),
  );
  return answer!.refusal === null;
}

/** So many shares are accepted into one vault at the same moment. @returns how many were. */
export async function fillVault(track: Track, shares: number): Promise<number> {
  const [recipient, sharer] = track.accounts;
  const races = await Promise.all(
    Array.from({ length: shares }, () => lineUp(track, { sharer: sharer!, recipient: recipient! })),
  );
  const answers = await Promise.all(races.map((race) => acceptPastTheVerb(race, recipient!.vaults[0]!.id)));
  return answers.filter((won) => won).length;
}

/** How many vaults of the track promise more than they have. */
export async function overfull({ database: { owner }, accounts }: Track): Promise<number> {
  const ids = accounts.flatMap(({ vaults }) => vaults.map(({ id }) => id));
  const [row] = await owner.execute<{ n: number }>(sql`
    select count(*)::int as n from vaults
    where id = any(${`{${ids.join(',')}}`}::text[]) and stored_bytes + reserved_bytes > capacity_bytes`);
  return row!.n;
}

async function copyOf(owner: TestDatabase['owner'], shareId: string) {
  const [copy] = await owner
    .select()
    .from(backupPoints)
    .where(and(eq(backupPoints.shareId, shareId), eq(backupPoints.status, 'visible')));
  return copy;
}

/** The engine's last transaction for a copy, in its own order, without bytes. */
async function commit({ recipient, shareId, pointId }: Race, { db }: Pick<VaultEnvironment, 'db'>) {
  const accountId = recipient.account.id;
  return inAccount(
    db,
    accountId,
    async (tx) => {
      const [row] = await tx.select().from(backupCopies).where(eq(backupCopies.id, shareId));
      if (!row) return false;
      const [held] = await tx.execute<{ may: boolean }>(sql`select hold_copied_share(${shareId}) as may`);
      if (!held?.may) return false;
      await tx.select().from(vaults).where(eq(vaults.id, row.targetVaultId)).for('no key update');
      const [original] = await tx.select().from(backupPoints).where(eq(backupPoints.id, pointId));
      if (original?.status !== 'visible') return false;
      const place = recipient.vaults.find(({ id }) => id === row.targetVaultId)!;
      await tx.update(backupCopies).set({ pinNo: 1 }).where(eq(backupCopies.id, shareId));
      await tx.insert(backupPoints).values({
        ...original,
        accountId,
        id: row.targetPointId,
        vaultId: place.id,
        spaceNo: place.spaceNo,
        lineageId: place.lineageId,
        shareId,
      });
      const [finished] = await tx.execute<{ done: boolean }>(
        sql`select finish_backup_copy(${shareId}, 1) as done`,
      );
      if (!finished?.done) throw new CrossvaultError('state_conflict', 'over');
      return true;
    },
    { shareId },
  );
}

/** What must be true of one share after everyone has had their turn. */
async function judge({ database: { owner } }: Track, race: Race): Promise<string[]> {
  const wrong: string[] = [];
  const [share] = await owner.select().from(backupShares).where(eq(backupShares.id, race.shareId));
  const [copy] = await owner.select().from(backupCopies).where(eq(backupCopies.id, race.shareId));
  const [original] = await owner.select().from(backupPoints).where(eq(backupPoints.id, race.pointId));
  const visible = await copyOf(owner, race.shareId);
  const state = share!.state;
  if ((state === 'accepted') !== Boolean(visible))
    wrong.push(`${state} with${visible ? '' : 'out'} a copy to see`);
  if ((state === 'copying' || state === 'accepted') !== Boolean(copy))
    wrong.push(`${state} and the work of a copy`);
  if (original?.status !== 'visible' && state !== 'deleted' && share!.slot !== null)
    wrong.push(`${state} after its original went`);
  return wrong;
}

/** Room that was put aside is given back, and never more than there is. */
async function judgeRoom({ database: { owner } }: Track, report: RaceReport): Promise<void> {
  const rows = await owner.execute<{ id: string; over: boolean; adrift: boolean }>(sql`
    select v.id, v.stored_bytes + v.reserved_bytes > v.capacity_bytes as over,
      v.reserved_bytes <> (select coalesce(sum(c.reserved_bytes), 0) from backup_copies c where c.target_vault_id = v.id) as adrift
    from vaults v where v.capacity_bytes is not null`);
  for (const { id, over, adrift } of rows) {
    if (over) report.doubleWins.push(`${id} promises more room than it has`);
    if (adrift) report.doubleWins.push(`${id} keeps room for nobody`);
  }
}

/** Leaves the track as it was, but for the last few copies, which go on holding their room for a while. */
async function cleanUp({ database: { owner }, kept }: Track, race: Race): Promise<void> {
  await owner.delete(images).where(eq(images.id, race.imageId));
  kept.push({ sharer: race.sharer.account, shareId: race.shareId });
  while (kept.length > 12) {
    const { sharer, shareId } = kept.shift()!;
    await cancelBackupShare(sharer.as('administrator'), { id: shareId }).catch(() => {});
  }
}
