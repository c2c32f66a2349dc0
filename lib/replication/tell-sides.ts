import type { Tx } from '@/db/client';
import { type AccountNotice, notify, notifyAccount } from '@/lib/notifications';
import type { WatchEvent } from './recovery-objective';
import type { WaitingReason } from './schemas';
import { spanWords } from './span-words';
import type { ReplicationRow } from './to-replication';
import { waitingRules } from './waiting';

export type SideEvent = WatchEvent | 'unheard' | 'worked_again';

type Words = Pick<AccountNotice, 'kind' | 'severity' | 'title' | 'body'>;

/** Tells both accounts of a replication, each with the page of its own vault. `ownId` is the transaction's account. */
export async function tellSides(
  tx: Tx,
  ownId: string,
  event: SideEvent,
  row: ReplicationRow,
  now: Date,
): Promise<void> {
  const words = noticeOf(event, row, now);
  const sides = new Map<string, `/${string}`>([
    [row.sourceAccountId, `/${row.sourceRegion}/vaults/${row.sourceVaultId}?tab=replication`],
    [row.accountId, `/${row.targetRegion}/vaults/${row.targetVaultId}?tab=replication`],
  ]);
  for (const [accountId, href] of sides) {
    if (accountId === ownId) await notify(tx, ownId, { ...words, href });
    else await notifyAccount(tx, { ...words, accountId, linkId: row.id, href });
  }
}

export function noticeOf(event: SideEvent, row: ReplicationRow, now: Date): Words {
  const copy = `the copy of ${row.sourceVaultName} in ${row.targetVaultName}`;
  const ago = (since: Date | null) => spanWords((now.getTime() - (since ?? now).getTime()) / 1000);
  switch (event) {
    case 'missed':
      return {
        kind: 'replication.objective_missed',
        severity: 'error',
        title: `${capital(copy)} misses its recovery point objective`,
        body: `Data waits for longer than ${spanWords(row.objectiveSeconds ?? 0)}. ${causeOf(row)}`,
      };
    case 'met':
      return {
        kind: 'replication.objective_met',
        severity: 'success',
        title: `${capital(copy)} meets its recovery point objective again`,
        body: `It was missed ${ago(row.missedSince)} ago, for the first time since it was last met.`,
      };
    case 'silent':
      return {
        kind: 'replication.source_silent',
        severity: 'warning',
        title: `Nothing new has come from ${row.sourceVaultName} for ${spanWords((row.silenceDays ?? 0) * 86_400)}`,
        body: `No backup point has been made there, so ${copy} does not get older ones replaced. Look at the backups of ${row.sourceAccountName}.`,
      };
    case 'heard':
      return {
        kind: 'replication.source_heard',
        severity: 'success',
        title: `${row.sourceVaultName} has a new backup point again`,
        body: `It is in ${row.targetVaultName}, or on its way.`,
      };
    case 'unheard':
      return {
        kind: 'replication.unheard',
        severity: 'error',
        title: `No engine works on ${copy}`,
        body: `Nothing has been heard for ${ago(row.watchedAt ?? row.createdAt)}. What has arrived is safe. The operator of this installation has to look at its engine.`,
      };
    case 'worked_again':
      return {
        kind: 'replication.worked_again',
        severity: 'success',
        title: `An engine works on ${copy} again`,
        body: `None had for ${ago(row.watchedAt ?? row.createdAt)}. It goes on where it was.`,
      };
  }
}

function causeOf(row: ReplicationRow): string {
  if (row.waitingReason) return waitingRules[row.waitingReason as WaitingReason].cause;
  return row.lagPoints > 0
    ? `${row.lagPoints} backup point${row.lagPoints === 1 ? ' is' : 's are'} on the way, copied as fast as they come through.`
    : 'No backup point has arrived yet.';
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
