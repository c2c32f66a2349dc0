import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ClientFolder } from '../../../config';
import { journalPath } from '../../../restore/journal';
import type { TableOptions } from '../model';

const Options = z.object({
  timeToLiveSeconds: z.number(),
  maxVersions: z.number(),
  maxVersionOffsetSeconds: z.number(),
  allowsUpdate: z.boolean(),
}) satisfies z.ZodType<TableOptions>;

const State = z.object({
  /** Path key, in hex, of the last file of rows that is wholly restored. */
  lastFile: z.string().default(''),
  /** Rows of the file after it that were written, where they are written in order. */
  rowsOfNext: z.number().int().default(0),
  /** Options to put back, by table. */
  changedOptions: z.record(z.string(), Options).default({}),
});
type State = z.infer<typeof State>;

/** What a restore remembers for the case that it is interrupted. */
export class RestoreState {
  #saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private state: State,
  ) {}

  static async open(folder: ClientFolder, jobId: string): Promise<RestoreState> {
    await folder.prepare('restores');
    const path = journalPath(folder, jobId);
    const text = await readFile(path, 'utf8').catch(() => '{}');
    return new RestoreState(path, State.parse(JSON.parse(text)));
  }

  isDone(fileKey: Buffer): boolean {
    return this.state.lastFile !== '' && fileKey.toString('hex') <= this.state.lastFile;
  }

  /** Rows of the first file that is not done, which are there already. */
  get rowsOfNext(): number {
    return this.state.rowsOfNext;
  }

  get changedOptions(): Record<string, TableOptions> {
    return this.state.changedOptions;
  }

  markRows(count: number): Promise<void> {
    return this.#save({ rowsOfNext: count });
  }

  markFile(fileKey: Buffer): Promise<void> {
    return this.#save({ lastFile: fileKey.toString('hex'), rowsOfNext: 0 });
  }

  rememberOptions(table: string, options: TableOptions): Promise<void> {
    return this.#save({ changedOptions: { ...this.state.changedOptions, [table]: options } });
  }

  forgetOptions(table: string): Promise<void> {
    const { [table]: _, ...rest } = this.state.changedOptions;
    return this.#save({ changedOptions: rest });
  }

  #save(change: Partial<State>): Promise<void> {
    this.state = { ...this.state, ...change };
    const text = JSON.stringify(this.state);
    this.#saving = this.#saving.then(async () => {
      await writeFile(`${this.path}.new`, text, { mode: 0o600 });
      await rename(`${this.path}.new`, this.path);
    });
    return this.#saving;
  }
}
