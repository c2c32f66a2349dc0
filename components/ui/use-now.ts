'use client';

import { useSyncExternalStore } from 'react';

/** One clock for all readers of a beat: a snapshot that stands still between beats, as React requires. */
class Beat {
  private now = Date.now();
  private timer: ReturnType<typeof setInterval> | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly everyMs: number) {}

  read = () => this.now;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    if (!this.timer) {
      this.now = Date.now();
      this.timer = setInterval(this.tick, this.everyMs);
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0 || !this.timer) return;
      clearInterval(this.timer);
      this.timer = null;
    };
  };

  private tick = () => {
    this.now = Date.now();
    for (const notify of this.listeners) notify();
  };
}

const beats = new Map<number, Beat>();

/** The reader's clock, moving every `everyMs`; null while the server renders and during hydration. */
export function useNow(everyMs = 5_000): Date | null {
  const beat = beats.get(everyMs) ?? new Beat(everyMs);
  beats.set(everyMs, beat);
  const now = useSyncExternalStore<number | null>(beat.subscribe, beat.read, readNothing);
  return now === null ? null : new Date(now);
}

function readNothing(): null {
  return null;
}

const subscribeNever = () => () => {};

/** False while the server renders and during hydration; for what only the browser knows, such as its time zone. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    subscribeNever,
    () => true,
    () => false,
  );
}
