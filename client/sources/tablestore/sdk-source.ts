import { CrossvaultError } from '@/lib/errors';
import { retrying } from '../../net/retry';
import { ServiceError, toServiceError } from './errors';
import { batchMarginBytes, serviceLimits } from './limits';
import { type KeyCell, type TableOptions, type TableSchema, valueTags } from './model';
import { type InstanceAddress, loadSdk, SdkTransport } from './sdk-transport';
import { readSchema, writeOptions, writeSchema } from './table-messages';
import type { RowOutcome, RowPage, RowWrite, WideColumnSource } from './wide-column-source';
import { decodeKey, RowDecoder } from './wire/decode-rows';
import { RowEncoder } from './wire/encode-rows';

export interface SourceOptions {
  /** How long a request is repeated while the service is busy or away. */
  patienceMs?: number;
  onRetry?(error: CrossvaultError, delayMs: number): void;
  limits?: { silenceMs: number; deadlineMs: number };
}

const defaultPatienceMs = 10 * 60_000;
const existence = { ignore: 0, mustBeMissing: 2 } as const;
const operations = { put: 1, add: 2 } as const;

/** Tablestore through the official SDK. */
export class SdkSource implements WideColumnSource {
  readonly #encoder = new RowEncoder();

  private constructor(
    private readonly transport: SdkTransport,
    private readonly options: SourceOptions,
  ) {}

  /** Loads the SDK; nothing is sent. @throws for an endpoint that is not allowed. */
  static async open(address: InstanceAddress, options: SourceOptions = {}): Promise<SdkSource> {
    const { sdk, messages } = await loadSdk();
    return new SdkSource(new SdkTransport(sdk, messages, address, options.limits), options);
  }

  async listTables(signal: AbortSignal): Promise<string[]> {
    const answer = await this.#ask('listTable', 'ListTable', {}, signal);
    return [...((answer.tableNames ?? []) as string[])].sort();
  }

  async describeTable(table: string, signal: AbortSignal): Promise<TableSchema> {
    return readSchema(await this.#ask('describeTable', 'DescribeTable', { tableName: table }, signal));
  }

  /** Not repeated after an answer that was lost: the table may be there then, and the caller looks. */
  async createTable(table: string, schema: TableSchema, signal: AbortSignal): Promise<void> {
    await this.#ask('createTable', 'CreateTable', writeSchema(table, schema), signal);
  }

  async setOptions(table: string, options: TableOptions, signal: AbortSignal): Promise<void> {
    const properties = { tableName: table, tableOptions: writeOptions(options) };
    await this.#ask('updateTable', 'UpdateTable', properties, signal);
  }

  async splitPoints(table: string, partBytes: number, signal: AbortSignal): Promise<KeyCell[][]> {
    const unit = 1024 * 1024;
    const properties = {
      tableName: table,
      splitSize: Math.max(1, Math.round(partBytes / unit)),
      splitSizeUnitInByte: unit,
    };
    const answer = await this.#ask(
      'computeSplitPointsBySize',
      'ComputeSplitPointsBySize',
      properties,
      signal,
    );
    return ((answer.splitPoints ?? []) as Uint8Array[]).map((point) => decodeKey(toBuffer(point)));
  }

  async readPage(
    table: string,
    range: { start: readonly KeyCell[]; end: readonly KeyCell[] },
    limits: { maxVersions: number; rows?: number },
    signal: AbortSignal,
  ): Promise<RowPage> {
    const properties = {
      tableName: table,
      direction: 0,
      maxVersions: limits.maxVersions,
      ...(limits.rows && { limit: limits.rows }),
      inclusiveStartPrimaryKey: this.#encoder.key(range.start),
      exclusiveEndPrimaryKey: this.#encoder.key(range.end),
    };
    return this.#repeat(signal, async () => {
      const answer = await this.#send('getRange', 'GetRange', properties, signal);
      if (answer.nextToken?.length)
        throw new CrossvaultError('not_eligible', 'A row is too wide to be read in one piece.', {
          reason: 'row_too_wide',
        });
      const bytes = toBuffer(answer.rows);
      const rows: RowPage['rows'] = [];
      const decoder = new RowDecoder(bytes);
      for (let row = decoder.next(); row; row = decoder.next()) rows.push(row);
      const next = answer.nextStartPrimaryKey;
      return { rows, next: next?.length ? decodeKey(toBuffer(next)) : null, bytes: bytes.length };
    });
  }

  async writeRows(table: string, writes: readonly RowWrite[], signal: AbortSignal): Promise<RowOutcome[]> {
    const rows = writes.map((write) => ({
      type: operations[write.kind],
      rowChange: this.#encoder.row(write.key, write.cells),
      condition: { rowExistence: write.onlyIfMissing ? existence.mustBeMissing : existence.ignore },
    }));
    requireWithinBatch(rows);
    const properties = { tables: [{ tableName: table, rows }] };
    const call = () => this.#send('batchWriteRow', 'BatchWriteRow', properties, signal);
    // A row whose number the service chooses would be there twice.
    const mayRepeat = (error: unknown) =>
      !writes.some(hasAutoIncrement) || !(error instanceof ServiceError) || !error.isAmbiguous;
    const answer = await this.#repeat(signal, call, mayRepeat);
    const outcomes: { isOk: boolean; error?: { code: string; message?: string } }[] =
      answer.tables?.[0]?.rows ?? [];
    if (outcomes.length !== writes.length)
      throw new CrossvaultError(
        'internal',
        'Tablestore answered for another number of rows than were written.',
      );
    return outcomes.map(({ isOk, error }) => (isOk ? null : toRowError(error)));
  }

  close(): void {
    this.transport.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: decoded by the SDK's generated code, which has no types.
  async #send(operation: string, message: string, properties: object, signal: AbortSignal): Promise<any> {
    const answer = await this.transport.send(operation, `${message}Request`, properties, signal);
    return this.transport.messages[`${message}Response`]!.decode(answer);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above.
  #ask(operation: string, message: string, properties: object, signal: AbortSignal): Promise<any> {
    const isFinal = operation === 'createTable';
    return this.#repeat(
      signal,
      () => this.#send(operation, message, properties, signal),
      (error) => !isFinal || !(error instanceof ServiceError) || !error.isAmbiguous,
    );
  }

  async #repeat<T>(
    signal: AbortSignal,
    call: () => Promise<T>,
    mayRepeat: (error: unknown) => boolean = () => true,
  ): Promise<T> {
    const { patienceMs = defaultPatienceMs, onRetry } = this.options;
    let final: unknown = null;
    return retrying({ signal, giveUpAfterMs: patienceMs, onRetry }, async () => {
      try {
        return await call();
      } catch (error) {
        if (mayRepeat(error)) throw error;
        final = error;
        return undefined as T;
      }
    }).then((value) => {
      if (final) throw final;
      return value;
    });
  }
}

function requireWithinBatch(rows: readonly { rowChange: Buffer }[]): void {
  const bytes = rows.reduce((sum, row) => sum + row.rowChange.length, 0);
  if (rows.length > serviceLimits.rowsPerBatch || bytes > serviceLimits.bytesPerBatch - batchMarginBytes)
    throw new Error('Invariant broken: a batch is larger than the service takes');
}

function hasAutoIncrement({ key }: RowWrite): boolean {
  return key.some(({ tag }) => tag === valueTags.autoIncrement);
}

function toRowError(error: { code: string; message?: string } | undefined): Error {
  return toServiceError({
    status: 400,
    code: error?.code ?? 'unknown',
    message: error?.message ?? 'no reason was given',
    requestId: null,
  });
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
