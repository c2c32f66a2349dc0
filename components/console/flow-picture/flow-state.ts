import {
  formatBytes,
  formatLag,
  formatPercent,
  formatRate,
  formatTimeLeft,
  type Lag,
} from '@/components/ui/format';
import { findRegion } from '@/lib/regions/schemas';
import type { Replication, WaitingReason } from '@/lib/replication/schemas';
import { waitingRules } from '@/lib/replication/waiting';

export interface FlowEnd {
  /** Empty in a preview while no account is chosen. */
  accountId: string;
  accountName: string;
  /** Null in a preview while no vault is chosen. */
  vaultName: string | null;
  vaultHref?: string;
  regionName: string;
}

export type FlowState =
  | { kind: 'preview' }
  | { kind: 'history'; fraction: number; doneBytes: number; totalBytes: number; secondsLeft: number | null }
  | { kind: 'active' }
  | { kind: 'waiting'; reason: string; since: string | null }
  | { kind: 'stopped'; at: string | null };

export interface Flow {
  source: FlowEnd;
  target: FlowEnd;
  state: FlowState;
  /** Measured; 0 while nothing crosses. */
  rateBytesPerSecond: number;
  lag: Lag | null;
  newestPointAt: string | null;
}

/** Why it waits and what the reader can do, who holds this end. */
export function explainWaiting(reason: WaitingReason, side: Replication['side']): string {
  const { cause, toDo } = waitingRules[reason];
  return `${cause} ${toDo[side === 'both' ? 'target' : side]}`;
}

/** Everything the flow picture shows of a replication. `vaultHref` makes the asking account's own vault a link. */
export function describeReplication(
  replication: Replication,
  vaultHref?: (vaultId: string, region: string) => string,
): Flow {
  const { source, target, side } = replication;
  const toEnd = (end: Replication['source'], isOwn: boolean): FlowEnd => ({
    accountId: end.accountId,
    accountName: end.accountName,
    vaultName: end.vaultName,
    vaultHref: isOwn ? vaultHref?.(end.vaultId, end.region) : undefined,
    regionName: findRegion(end.region)?.name ?? end.region,
  });
  return {
    source: toEnd(source, side !== 'target'),
    target: toEnd(target, side !== 'source'),
    state: readState(replication),
    rateBytesPerSecond: replication.state === 'stopped' ? 0 : replication.rateBytesPerSecond,
    lag: replication.state === 'stopped' ? null : replication.lag,
    newestPointAt: replication.newestPointAt,
  };
}

function readState(replication: Replication): FlowState {
  const { state, stoppedAt, waitingReason, waitingSince, history, secondsLeft } = replication;
  if (state === 'stopped') return { kind: 'stopped', at: stoppedAt };
  if (waitingReason)
    return { kind: 'waiting', reason: explainWaiting(waitingReason, replication.side), since: waitingSince };
  if (history.completedAt) return { kind: 'active' };
  return {
    kind: 'history',
    // The count of points keeps the bar honest where the bytes left are not known.
    fraction: history.percent / 100,
    doneBytes: history.bytesDone,
    totalBytes: history.bytesTotal,
    secondsLeft,
  };
}

/** The word on the line: the rate while bytes cross, else the state. */
export function wordOnTheLine({ state, rateBytesPerSecond, lag }: Flow): string {
  if (state.kind === 'preview') return 'Will copy';
  if (state.kind === 'waiting') return 'Waiting';
  if (state.kind === 'stopped') return 'Stopped';
  if (rateBytesPerSecond > 0) return formatRate(rateBytesPerSecond);
  if (state.kind === 'history') return 'Initial sync';
  return lag && lag.points > 0 ? 'Active' : 'Up to date';
}

/** What stands under the line. */
export function lineBelow({ state, lag }: Flow): string | null {
  switch (state.kind) {
    case 'preview':
      return 'All existing points first, then every new one';
    case 'history': {
      const parts = [
        `Initial sync ${formatPercent(state.fraction)}`,
        `${formatBytes(state.doneBytes)} of ${formatBytes(state.totalBytes)}`,
      ];
      if (state.secondsLeft !== null) parts.push(formatTimeLeft(state.secondsLeft));
      return parts.join(' · ');
    }
    case 'active':
      return lag && (lag.points > 0 || lag.bytes > 0) ? formatLag(lag) : null;
    case 'waiting':
      return lag && lag.points > 0 ? formatLag(lag) : null;
    case 'stopped':
      return null;
  }
}

/** The whole picture in one sentence, for those who do not see it. */
export function tellFlow(flow: Flow): string {
  const target = flow.target.vaultName
    ? `vault ${flow.target.vaultName} of account ${flow.target.accountName}`
    : 'a vault that is not chosen yet';
  const parts = [
    `Replication from vault ${flow.source.vaultName ?? 'not chosen yet'} of account ${flow.source.accountName} to ${target}`,
    wordOnTheLine(flow),
    lineBelow(flow),
    flow.state.kind === 'waiting' ? flow.state.reason : null,
  ];
  return parts.filter(Boolean).join('. ');
}
