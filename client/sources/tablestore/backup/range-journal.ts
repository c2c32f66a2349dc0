import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ClientFolder } from '../../../config';
import { decodeKey } from '../wire/decode-rows';
import { RowEncoder } from '../wire/encode-rows';
import type { ScannedRange } from './range-scan';
import type { KeyRange } from './ranges';

const base64 = z.base64();
const Line = z.discriminatedUnion('kind', [
  /** Groups are named for one lineage. */
  z.object({ kind: z.literal('begin'), lineageId: z.string() }),
  z.object({ kind: z.literal('plan'), table: z.string(), bounds: z.array(z.tuple([base64, base64])) }),
  z.object({
    kind: z.literal('range'),
    table: z.string(),
    index: z.number().int(),
    rows: z.number().int(),
    bytes: z.number().int(),
    groups: base64,
    oldest: z.string().nullable(),
    newest: z.string().nullable(),
    writtenMeanwhile: z.number().int(),
  }),
]);
type Line = z.infer<typeof Line>;

const folderName = 'tablestore';
const staleAfterMs = 3 * 24 * 3_600_000;

/** What a backup has read so far, so that a mover that was killed, or another attempt, reads no range twice. */
export class RangeJournal {
  readonly #plans = new Map<string, KeyRange[]>();
  readonly #ranges = new Map<string, ScannedRange>();
  readonly #encoder = new RowEncoder();
  #writing: Promise<void> = Promise.resolve();

  private constructor(private readonly path: string) {}

  static async open(folder: ClientFolder, jobId: string, lineageId: string): Promise<RangeJournal> {
    const place = await folder.prepare(folderName);
    await removeStale(place);
    const journal = new RangeJournal(join(place, `${jobId}.ranges`));
    const lines = readLines(await readFile(journal.path, 'utf8').catch(() => ''));
    const [first, ...rest] = lines;
    if (first?.kind === 'begin' && first.lineageId === lineageId)
      for (const line of rest) journal.#take(line);
    else {
      await rm(journal.path, { force: true });
      await journal.#append({ kind: 'begin', lineageId });
    }
    return journal;
  }

  findPlan(table: string): KeyRange[] | null {
    return this.#plans.get(table) ?? null;
  }

  /** What was read under another plan is forgotten: the table was made anew. */
  async addPlan(table: string, ranges: KeyRange[]): Promise<void> {
    this.#setPlan(table, ranges);
    const encode = (key: KeyRange['start']) => this.#encoder.key(key).toString('base64');
    const bounds = ranges.map(({ start, end }): [string, string] => [encode(start), encode(end)]);
    await this.#append({ kind: 'plan', table, bounds });
  }

  findRange(table: string, index: number): ScannedRange | null {
    return this.#ranges.get(`${table}/${index}`) ?? null;
  }

  async addRange(table: string, index: number, range: ScannedRange): Promise<void> {
    this.#ranges.set(`${table}/${index}`, range);
    await this.#append({
      kind: 'range',
      table,
      index,
      rows: range.rows,
      bytes: range.bytes,
      groups: range.groups.toString('base64'),
      oldest: range.oldest?.toString() ?? null,
      newest: range.newest?.toString() ?? null,
      writtenMeanwhile: range.writtenMeanwhile,
    });
  }

  async remove(): Promise<void> {
    await this.#writing;
    await rm(this.path, { force: true });
  }

  #setPlan(table: string, ranges: KeyRange[]): void {
    const before = this.#plans.get(table)?.length ?? 0;
    for (let index = 0; index < before; index++) this.#ranges.delete(`${table}/${index}`);
    this.#plans.set(table, ranges);
  }

  #take(line: Line): void {
    if (line.kind === 'plan') {
      const decode = (key: string) => decodeKey(Buffer.from(key, 'base64'));
      const ranges = line.bounds.map(([start, end]) => ({ start: decode(start), end: decode(end) }));
      this.#setPlan(line.table, ranges);
    } else if (line.kind === 'range') {
      const { table, index, rows, bytes, writtenMeanwhile } = line;
      this.#ranges.set(`${table}/${index}`, {
        rows,
        bytes,
        writtenMeanwhile,
        groups: Buffer.from(line.groups, 'base64'),
        oldest: line.oldest === null ? null : BigInt(line.oldest),
        newest: line.newest === null ? null : BigInt(line.newest),
      });
    }
  }

  /** One line after the other, whoever writes. */
  #append(line: Line): Promise<void> {
    const written = this.#writing.then(() =>
      appendFile(this.path, `${JSON.stringify(line)}\n`, { mode: 0o600 }),
    );
    this.#writing = written.catch(() => {});
    return written;
  }
}

/** A line that a crash cut off ends what is known. */
function readLines(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    try {
      lines.push(Line.parse(JSON.parse(line)));
    } catch {
      break;
    }
  }
  return lines;
}

/** Of jobs that nobody went on with. */
async function removeStale(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const path = join(place, name);
    const found = await stat(path).catch(() => null);
    if (found && Date.now() - found.mtimeMs > staleAfterMs) await rm(path, { force: true });
  }
}
