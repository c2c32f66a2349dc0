import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type SeededRandom, seededRandom } from '@/scripts/demo/random';

/** How many faults a whole campaign injects; the quick form is what `npm test` runs. */
export const totalFaults = Number(process.env.CROSSVAULT_FAULTS ?? 400);
export const seed = Number(process.env.CROSSVAULT_FAULTS_SEED ?? 20261122);

/** What one kind of fault did to what had been acknowledged. */
export interface Tally {
  kind: string;
  seed: number;
  faults: number;
  /** Backup points whose success had been told before a fault. */
  acknowledged: number;
  lost: number;
  /** Read as something else than was put, without an error. */
  corrupt: number;
  hung: number;
  slowestRecoveryMs: number;
}

/** Counts for one kind of fault, written where `npm run faults` gathers them. */
export class Campaign {
  readonly tally: Tally;
  readonly random: SeededRandom;
  /** Faults of this kind to inject. */
  readonly budget: number;

  /** @param share of all faults of a campaign. */
  constructor(kind: string, share: number) {
    this.random = seededRandom(seed);
    this.budget = Math.max(1, Math.round(totalFaults * share));
    this.tally = {
      kind,
      seed,
      faults: 0,
      acknowledged: 0,
      lost: 0,
      corrupt: 0,
      hung: 0,
      slowestRecoveryMs: 0,
    };
    afterAll(() => this.#write());
  }

  get isOver(): boolean {
    return this.tally.faults >= this.budget;
  }

  /** Notes what went wrong: findings begin with `corrupt` or `undetected` where bytes were taken for others. */
  found(findings: readonly string[]): void {
    const corrupt = findings.filter((finding) => /^(corrupt|undetected)/.test(finding)).length;
    this.tally.corrupt += corrupt;
    this.tally.lost += findings.length - corrupt;
  }

  recoveredIn(ms: number): void {
    this.tally.slowestRecoveryMs = Math.max(this.tally.slowestRecoveryMs, Math.round(ms));
  }

  #write(): void {
    const folder = process.env.CROSSVAULT_FAULTS_REPORT;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.tally.kind}.json`), JSON.stringify(this.tally));
  }
}

/** A power cut, to the code that was running. */
export class PowerCut extends Error {}
