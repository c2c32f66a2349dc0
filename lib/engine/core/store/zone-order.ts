import type { Zone } from './zone-store';

/** A zone that did not answer is asked last for this long, so that not every read waits for its deadline. */
const restMs = 10_000;
const maxDistrusted = 10_000;

/** Which zone to read from first: one that answered lately, and never first a copy that was seen to be bad. */
export class ZoneOrder {
  readonly #failedAt = new Map<string, number>();
  readonly #distrusted = new Map<string, Set<string>>();

  constructor(
    private readonly zones: readonly Zone[],
    private readonly now: () => number = () => performance.now(),
  ) {}

  forReading(name: string): readonly Zone[] {
    const bad = this.#distrusted.get(name);
    if (this.#failedAt.size === 0 && !bad) return this.zones;
    const rank = ({ id }: Zone) => (bad?.has(id) ? 2 : this.#isResting(id) ? 1 : 0);
    return [...this.zones].sort((a, b) => rank(a) - rank(b));
  }

  note(zone: Zone, error: Error | null): void {
    if (error) this.#failedAt.set(zone.id, this.now());
    else this.#failedAt.delete(zone.id);
  }

  distrust(name: string, zone: Zone): void {
    if (this.#distrusted.size >= maxDistrusted) this.#distrusted.clear();
    const bad = this.#distrusted.get(name) ?? new Set();
    this.#distrusted.set(name, bad.add(zone.id));
  }

  trust(name: string, zone: Zone): void {
    const bad = this.#distrusted.get(name);
    bad?.delete(zone.id);
    if (bad?.size === 0) this.#distrusted.delete(name);
  }

  forget(name: string): void {
    this.#distrusted.delete(name);
  }

  /** Whether it failed a moment ago. */
  isResting({ id }: Zone): boolean {
    return this.#isResting(id);
  }

  #isResting(id: string): boolean {
    const at = this.#failedAt.get(id);
    return at !== undefined && this.now() - at < restMs;
  }
}
