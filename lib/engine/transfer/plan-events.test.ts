import { describe, expect, it } from 'vitest';
import { type PointState, planEvents, type SourceEvent, type SourcePoint } from './plan-events';

const live: SourcePoint = { isVisible: true, isArchived: false, hasExpired: false, isHistory: false };

function event(kind: SourceEvent['kind'], pointId: string, point: SourcePoint | null = live): SourceEvent {
  return { seq: 1, kind, pointId, point };
}

function statesAfter(events: SourceEvent[], known: [string, PointState][] = []) {
  return planEvents(events, new Map(known)).map(({ pointId, state }) => [pointId, state]);
}

describe('planEvents', () => {
  it('queues a committed point, and says whether it is history', () => {
    expect(planEvents([event('committed', 'a', { ...live, isHistory: true })], new Map())).toEqual([
      { pointId: 'a', state: 'pending', reason: null, isHistory: true },
    ]);
  });

  it('never queues what is expired, archived or being deleted', () => {
    expect(statesAfter([event('committed', 'a', { ...live, hasExpired: true })])).toEqual([['a', 'expired']]);
    expect(statesAfter([event('committed', 'a', { ...live, isArchived: true })])).toEqual([
      ['a', 'archived'],
    ]);
    expect(statesAfter([event('committed', 'a', { ...live, isVisible: false })])).toEqual([['a', 'deleted']]);
  });

  it('knows nothing of a point that was gone before the replication saw it', () => {
    expect(statesAfter([event('committed', 'a', null), event('deleted', 'a', null)])).toEqual([]);
  });

  it.each(['copied', 'expired', 'archived', 'deleted', 'skipped'] as const)(
    'leaves the final state %s alone, whatever the source does later',
    (state) => {
      const all = (['committed', 'archived', 'deleted', 'retention_changed'] as const).map((kind) =>
        event(kind, 'a'),
      );
      expect(statesAfter(all, [['a', state]])).toEqual([]);
    },
  );

  it('ends a pending point that was deleted, expired or archived at the source', () => {
    expect(statesAfter([event('deleted', 'a', null)], [['a', 'pending']])).toEqual([['a', 'deleted']]);
    const gone = { ...live, isVisible: false, hasExpired: true };
    expect(statesAfter([event('deleted', 'a', gone)], [['a', 'pending']])).toEqual([['a', 'expired']]);
    expect(statesAfter([event('archived', 'a')], [['a', 'pending']])).toEqual([['a', 'archived']]);
  });

  it('takes the last word on a point within one page of events', () => {
    const events = [event('committed', 'a'), event('committed', 'b'), event('archived', 'a')];
    expect(statesAfter(events)).toEqual([
      ['a', 'archived'],
      ['b', 'pending'],
    ]);
  });
});
