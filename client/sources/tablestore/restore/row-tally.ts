import type { ReportBuilder } from '../../../jobs/job-report';
import { ChangeCount } from '../../../restore/change-count';
import { type KeyCell, type Row, valueTags } from '../model';
import type { TablePlan } from './plan-table';

/** Counts what became of rows, and reports those that were not written. */
export class RowTally {
  readonly #changes = new ChangeCount();
  readonly #expired = new Map<string, number>();
  writtenRows = 0;

  constructor(private readonly report: ReportBuilder) {}

  add(change: 'created' | 'overwritten' | 'skipped', { to }: TablePlan, row: Row, bytes: number): void {
    this.#changes.add(change, `${to}: ${shownKey(row.key)}`, bytes);
    if (change === 'skipped') this.report.unchangedFiles++;
    else {
      this.report.files++;
      this.writtenRows++;
    }
  }

  fail({ to }: TablePlan, row: Row, error: Error): void {
    this.report.skip(`${to}: ${shownKey(row.key)}`, error.message);
  }

  expire({ to }: TablePlan, versions: number): void {
    this.#expired.set(to, (this.#expired.get(to) ?? 0) + versions);
  }

  finish(): void {
    for (const [table, versions] of this.#expired)
      this.report.note(`${table}: ${versions} versions older than its time to live were not written.`);
    this.report.changes = this.#changes.build();
  }
}

const maxShownBytes = 64;

/** A key as a person reads it: `tenant=acme, id=42`. */
export function shownKey(key: readonly KeyCell[]): string {
  return key.map((cell) => `${cell.name}=${shownValue(cell)}`).join(', ');
}

function shownValue({ tag, bytes }: KeyCell): string {
  const short = bytes.subarray(0, maxShownBytes);
  const rest = short.length < bytes.length ? '…' : '';
  if (tag === valueTags.integer) return bytes.readBigInt64LE().toString();
  if (tag === valueTags.string) return short.toString() + rest;
  return `0x${short.toString('hex')}${rest}`;
}
