import { sql } from 'drizzle-orm';
import { inAccount, type Tx } from '@/db/client';
import { engineContext, type OpenVault, openVault, type VaultEnvironment } from '@/lib/engine/vaults';
import { CrossvaultError } from '@/lib/errors';
import { notify } from '@/lib/notifications';
import { writeAudit } from '@/lib/verb';
import { checkPack, type PackToCheck } from './check-pack';
import { settlePack } from './settle-pack';

/** Read in one step before other work has its turn. */
const stepBytes = 48 * 1024 * 1024;
/** What scheduled verification reads a second, on average; one that a person asked for does not wait. */
const courtesyBytesPerSecond = 40 * 1024 * 1024;
/** Everything is checked again after so many days. */
export const checkEveryDays = 30;

interface Run extends Record<string, unknown> {
  id: string;
  vault_id: string;
  scope: 'due' | 'all';
  state: 'queued' | 'running';
  after_pack: string;
  name: string;
  region: string;
}

/** Takes a piece of the verification that has been due longest. @returns whether there may be more. */
export async function runVerification(environment: VaultEnvironment, accountId: string): Promise<boolean> {
  const run = await findRun(environment, accountId);
  if (!run) return false;
  const inRun = <T>(work: (tx: Tx) => Promise<T>) => inAccount(environment.db, accountId, work);
  try {
    const vault = await openVault(environment, { accountId, vaultId: run.vault_id });
    if (run.state === 'queued') await inRun((tx) => begin(tx, run));
    const packs = await inRun((tx) => nextPacks(tx, run, vault));
    if (packs.length === 0) {
      await inRun((tx) => finish(environment, tx, accountId, run));
      return true;
    }
    await checkPacks(environment, vault, run, packs, inRun);
    return true;
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    // Storage or key cannot be used now; the vault's own state says so, and the work goes on when they can.
    await inRun((tx) =>
      tx.execute(sql`
        update verifications set last_error = ${error.message.slice(0, 1000)}, next_piece_at = now() + interval '5 minutes'
        where id = ${run.id}`),
    );
    return false;
  }
}

async function findRun(environment: VaultEnvironment, accountId: string): Promise<Run | null> {
  const [run] = await inAccount(environment.db, accountId, async (tx) => {
    await queueScheduled(tx, accountId);
    return tx.execute<Run>(sql`
      select r.id, r.vault_id, r.scope, r.state, r.after_pack, v.name, v.region
      from verifications r join vaults v on v.id = r.vault_id
      where r.account_id = ${accountId} and r.state in ('queued', 'running') and r.next_piece_at <= clock_timestamp()
        and v.status in ('created', 'error')
      order by r.next_piece_at limit 1`);
  });
  return run ?? null;
}

/** One verification a vault and day, of what is due. */
async function queueScheduled(tx: Tx, accountId: string): Promise<void> {
  const due = await tx.execute<{ id: string }>(sql`
    update vaults set next_verify_at = now() + interval '1 day'
    where account_id = ${accountId} and next_verify_at <= clock_timestamp() returning id`);
  for (const { id } of due) {
    await tx.execute(sql`
      insert into verifications (account_id, vault_id, id, scope, next_piece_at, created_by)
      select ${accountId}, ${id}, 'vf-' || replace(gen_random_uuid()::text, '-', ''), 'due', now(), 'schedule'
      where exists (select 1 from packs p where p.vault_id = ${id})
      on conflict do nothing`);
  }
}

/** New packs, those not checked for a month, and one in a hundred of the others, other ones each day. */
function inScope({ scope, id }: Run) {
  return scope === 'all'
    ? sql`true`
    : sql`(p.checked_at is null or p.checked_at < now() - make_interval(days => ${checkEveryDays}) or p.is_damaged
        or abs(hashtext(${id} || p.pack_no)) % 100 = 0)`;
}

async function begin(tx: Tx, run: Run): Promise<void> {
  await tx.execute(sql`
    update verifications r set state = 'running', started_at = now(), packs_total = due.packs, bytes_total = due.bytes
    from (select count(*)::int as packs, coalesce(sum(p.size_bytes), 0)::bigint as bytes from packs p
      where p.vault_id = ${run.vault_id} and ${inScope(run)}) due
    where r.id = ${run.id} and r.state = 'queued'`);
}

async function nextPacks(tx: Tx, run: Run, vault: OpenVault): Promise<PackToCheck[]> {
  const rows = await tx.execute<{ pack_no: string; sha: string; size_bytes: number; space_no: number }>(sql`
    select p.pack_no, encode(p.sha256, 'hex') as sha, p.size_bytes, p.space_no from packs p
    where p.vault_id = ${run.vault_id} and p.pack_no > ${run.after_pack} and ${inScope(run)}
      and exists (select 1 from chunks c where c.pack_no = p.pack_no)
    order by p.pack_no limit 16`);
  const packs: PackToCheck[] = [];
  let bytes = 0;
  for (const { pack_no: packNo, sha: sha256, size_bytes: sizeBytes, space_no: spaceNo } of rows) {
    if (packs.length > 0 && bytes + sizeBytes > stepBytes) break;
    bytes += sizeBytes;
    packs.push({ packNo: Number(packNo), sha256, sizeBytes, space: vault.space(spaceNo) });
  }
  return packs;
}

async function checkPacks(
  environment: VaultEnvironment,
  vault: OpenVault,
  run: Run,
  packs: readonly PackToCheck[],
  inRun: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
): Promise<void> {
  const [place] = await inRun((tx) =>
    tx.execute<{ redundancy: 'LRS' | 'ZRS' }>(sql`select redundancy from vaults where id = ${run.vault_id}`),
  );
  const zones = environment.storage
    .zonesOf({ region: run.region, redundancy: place!.redundancy })
    .map((zone) => ({ id: zone.id, store: zone.vaultStore(run.vault_id) }));
  for (const pack of packs) {
    const verdict = await checkPack(environment, vault, zones, pack);
    const outcome = await settlePack(environment, vault, pack, verdict);
    const pause = run.scope === 'due' ? verdict.readBytes / courtesyBytesPerSecond : 0;
    await inRun((tx) =>
      tx.execute(sql`
        update verifications set after_pack = ${pack.packNo}, packs_done = packs_done + 1,
          bytes_done = bytes_done + ${pack.sizeBytes}, last_error = null,
          damaged_packs = damaged_packs + ${outcome === 'well' ? 0 : 1},
          healed_packs = healed_packs + ${outcome === 'healed' ? 1 : 0},
          next_piece_at = now() + make_interval(secs => ${pause})
        where id = ${run.id} and state = 'running'`),
    );
  }
}

async function finish(environment: VaultEnvironment, tx: Tx, accountId: string, run: Run): Promise<void> {
  const [done] = await tx.execute<{ packs_done: number; damaged_packs: number; healed_packs: number }>(sql`
    update verifications set state = 'complete', finished_at = now(), next_piece_at = null
    where id = ${run.id} and state = 'running' returning packs_done, damaged_packs, healed_packs`);
  if (!done) return;
  const { packs_done: packs, damaged_packs: damaged, healed_packs: healed } = done;
  if (run.scope === 'all' || damaged > 0) {
    await writeAudit(engineContext(environment.db, accountId), tx, 'verifications.complete', {
      resourceKind: 'vault',
      resourceId: run.vault_id,
      resourceName: run.name,
      after: { verificationId: run.id, packs, damagedPacks: damaged, healedPacks: healed },
    });
  }
  if (damaged === 0) return;
  const isLost = damaged > healed;
  await notify(tx, accountId, {
    kind: isLost ? 'vaults.damaged' : 'vaults.damage_healed',
    severity: isLost ? 'error' : 'warning',
    title: isLost ? `Data of ${run.name} is damaged` : `Damage in ${run.name} was found and healed`,
    body: isLost
      ? `${damaged - healed} of ${packs} packs cannot be read in any copy. The vault’s page names the points and files.`
      : `${healed} of ${packs} packs were damaged and are whole again, from another copy.`,
    href: `/${run.region}/vaults/${run.vault_id}`,
  });
}
