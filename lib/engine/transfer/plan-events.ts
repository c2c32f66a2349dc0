/** One event of the source vault, with the point it is about as far as it still exists. */
export interface SourceEvent {
  seq: number;
  kind: 'committed' | 'archived' | 'deleted' | 'retention_changed';
  pointId: string;
  point: SourcePoint | null;
}

export interface SourcePoint {
  isVisible: boolean;
  isArchived: boolean;
  hasExpired: boolean;
  /** Committed before the replication was started. */
  isHistory: boolean;
}

export type PointState = 'pending' | 'copied' | 'expired' | 'archived' | 'deleted' | 'skipped';

/** What becomes of one source point; `reason` is for the person who reads the list of points. */
export interface PointChange {
  pointId: string;
  state: Exclude<PointState, 'copied'>;
  reason: string | null;
  isHistory: boolean;
}

/**
 * Turns the source's events into the states of its points here. A final state never changes: what was copied, expired,
 * archived or deleted is not copied again, whatever the source says later, and a deletion at the source does not travel.
 *
 * @param known states that earlier events gave, by source point.
 * @returns the last change per point, in the order of their first events. Points that no longer exist at the source and
 *   were never seen here yield nothing.
 */
export function planEvents(
  events: readonly SourceEvent[],
  known: ReadonlyMap<string, PointState>,
): PointChange[] {
  const changes = new Map<string, PointChange>();
  for (const { kind, pointId, point } of events) {
    const state = changes.get(pointId)?.state ?? known.get(pointId) ?? null;
    const next = nextState(kind, state, point);
    if (next) changes.set(pointId, { pointId, isHistory: point?.isHistory ?? false, ...next });
  }
  return [...changes.values()];
}

function nextState(
  kind: SourceEvent['kind'],
  state: PointState | null,
  point: SourcePoint | null,
): Pick<PointChange, 'state' | 'reason'> | null {
  if (kind === 'retention_changed') return null;
  if (kind === 'committed') return state === null && point ? firstState(point) : null;
  if (state !== 'pending') return null;
  if (kind === 'archived') {
    return { state: 'archived', reason: 'Archived at the source before it was copied.' };
  }
  return point?.hasExpired ? expired : deleted;
}

/**
 * Points that reached the target and have now been archived at the source: their replicas are to go, in the target's own
 * time. What the target removes it never copies again.
 */
export function planRemovals(
  events: readonly SourceEvent[],
  known: ReadonlyMap<string, PointState>,
): string[] {
  const archived = events.filter(
    ({ kind, pointId }) => kind === 'archived' && known.get(pointId) === 'copied',
  );
  return [...new Set(archived.map(({ pointId }) => pointId))];
}

const expired = { state: 'expired', reason: 'Expired before it was copied.' } as const;
const deleted = { state: 'deleted', reason: 'Deleted at the source before it was copied.' } as const;

function firstState(point: SourcePoint): Pick<PointChange, 'state' | 'reason'> {
  if (point.hasExpired) return expired;
  if (!point.isVisible) return deleted;
  if (point.isArchived) {
    return { state: 'archived', reason: 'In the archive tier at the source, which is not replicated.' };
  }
  return { state: 'pending', reason: null };
}
