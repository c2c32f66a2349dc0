import { serviceLimits } from '../limits';
import type { Row, TableSchema } from '../model';
import type { Messages } from '../sdk-transport';
import { readOptions, readSchema, writeOptions, writeSchema } from '../table-messages';
import { decodeKey, decodeRows } from '../wire/decode-rows';
import { RowEncoder } from '../wire/encode-rows';
import { DoubleError, invalid, tableMissing } from './double-error';
import { DoubleTable, type WriteRequest } from './double-table';

// biome-ignore lint/suspicious/noExplicitAny: messages of the SDK's generated code, which has no types.
type Message = any;
type Operation = (request: Message) => object;

const consumed = { capacityUnit: { read: 1, write: 1 } };
const kinds = { 1: 'put', 2: 'update', 3: 'delete' } as const;
const existences = { 0: 'ignore', 1: 'exists', 2: 'missing' } as const;
const tableName = /^[A-Za-z_]\w{0,254}$/;

/** What the service's operations do to its tables; requests and answers are the SDK's messages. */
export class DoubleOperations {
  readonly tables = new Map<string, DoubleTable>();
  readonly #encoder = new RowEncoder();
  readonly #batches: Record<string, Operation>;
  /** Asked for every row of a batch; an error is that row's answer. */
  rowFault: (table: string, rowNumber: number) => { code: string; message: string } | null = () => null;
  #rowsWritten = 0;
  /** The size of parts is a wish; the service makes them as its partitions lie. */
  splitBytes: number | null = null;

  constructor(
    private readonly messages: Messages,
    private readonly nowMs: () => number,
  ) {
    this.#batches = {
      CreateTable: (request) => this.#createTable(request),
      ListTable: () => ({ tableNames: [...this.tables.keys()] }),
      DescribeTable: (request) => this.#describe(request),
      UpdateTable: (request) => this.#update(request),
      DeleteTable: (request) => this.#delete(request),
      PutRow: (request) => this.#writeOne(request, 'put', request.row),
      UpdateRow: (request) => this.#writeOne(request, 'update', request.rowChange),
      DeleteRow: (request) => this.#writeOne(request, 'delete', request.primaryKey),
      GetRow: (request) => this.#getRow(request),
      GetRange: (request) => this.#getRange(request),
      BatchGetRow: (request) => this.#batchGet(request),
      BatchWriteRow: (request) => this.#batchWrite(request),
      ComputeSplitPointsBySize: (request) => this.#splitPoints(request),
    };
  }

  perform(operation: string, body: Buffer): Buffer {
    const act = this.#batches[operation];
    if (!act) throw new DoubleError(400, 'OTSUnsupportOperation', `Unsupported operation: ${operation}.`);
    const answer = act(this.messages[`${operation}Request`]!.decode(body));
    const type = this.messages[`${operation}Response`]!;
    return Buffer.from(type.encode(type.create(answer)).finish());
  }

  table(name: string): DoubleTable {
    const found = this.tables.get(name);
    if (!found) throw tableMissing();
    return found;
  }

  #createTable({ tableMeta, tableOptions, streamSpec, indexMetas, reservedThroughput }: Message): object {
    const name: string = tableMeta.tableName;
    if (!tableName.test(name)) throw invalid(`Invalid table name: '${name}'.`);
    if (this.tables.has(name))
      throw new DoubleError(409, 'OTSObjectAlreadyExist', 'Requested table already exists.');
    if (tableMeta.primaryKey.length < 1 || tableMeta.primaryKey.length > serviceLimits.keyColumns)
      throw invalid('The number of primary key columns must be in range: [1, 4].');
    const { timeToLive } = tableOptions;
    if (timeToLive !== -1 && timeToLive < 86_400) throw invalid('The time to live is at least 86400.');
    const schema = readSchema({
      tableMeta,
      tableOptions,
      streamDetails: streamSpec,
      reservedThroughputDetails: reservedThroughput,
      indexMetas,
    });
    if (schema.key[0]?.isAutoIncrement)
      throw invalid('The partition key cannot be an auto-increment column.');
    this.tables.set(name, new DoubleTable(schema, this.nowMs));
    return {};
  }

  #describe(request: Message): object {
    return describeTable(request.tableName, this.table(request.tableName).schema);
  }

  #update({ tableName: name, tableOptions }: Message): object {
    const table = this.table(name);
    const options = readOptions(tableOptions);
    if (options.timeToLiveSeconds !== -1 && options.timeToLiveSeconds < 86_400)
      throw invalid('The time to live is at least 86400.');
    table.schema = { ...table.schema, options };
    return {
      reservedThroughputDetails: { ...consumed, lastIncreaseTime: 0 },
      tableOptions: writeOptions(options),
    };
  }

  #delete({ tableName: name }: Message): object {
    this.table(name);
    this.tables.delete(name);
    return {};
  }

  #writeOne(request: Message, kind: WriteRequest['kind'], bytes: Uint8Array): object {
    const key = this.table(request.tableName).write(readWrite(kind, request.condition, bytes));
    return { consumed, ...(request.returnContent?.returnType === 1 && { row: this.#encoder.row(key, []) }) };
  }

  #getRow({ tableName: name, primaryKey, maxVersions }: Message): object {
    const row = this.table(name).read(decodeKey(toBuffer(primaryKey)), maxVersions || 1);
    return { consumed, row: row ? this.#encode([row]) : Buffer.alloc(0) };
  }

  #getRange(request: Message): object {
    const { rows, next } = this.table(request.tableName).range(
      decodeKey(toBuffer(request.inclusiveStartPrimaryKey)),
      decodeKey(toBuffer(request.exclusiveEndPrimaryKey)),
      {
        maxVersions: request.maxVersions || 1,
        limit: request.limit || undefined,
        isBackward: request.direction === 1,
      },
    );
    return {
      consumed,
      rows: this.#encode(rows),
      ...(next && { nextStartPrimaryKey: this.#encoder.key(next) }),
    };
  }

  #batchGet({ tables }: Message): object {
    return {
      tables: tables.map(({ tableName: name, primaryKey, maxVersions }: Message) => ({
        tableName: name,
        rows: primaryKey.map((key: Uint8Array) => ({
          isOk: true,
          ...this.#getRow({ tableName: name, primaryKey: key, maxVersions }),
        })),
      })),
    };
  }

  #batchWrite({ tables }: Message): object {
    const names = tables.map((table: Message) => table.tableName);
    if (new Set(names).size !== names.length) throw invalid('A table is named twice in the batch.');
    const rows = tables.flatMap((table: Message) => table.rows);
    if (rows.length > serviceLimits.rowsPerBatch) throw invalid('Rows count exceeds the upper limit: 200.');
    if (rows.length === 0) throw invalid('No row is specified in the request of BatchWriteRow.');
    const bytes = rows.reduce((sum: number, row: Message) => sum + row.rowChange.length, 0);
    if (bytes > serviceLimits.bytesPerBatch)
      throw invalid('The total data size of BatchWriteRow request exceeds the limit.');
    return { tables: tables.map((table: Message) => this.#writeTable(table)) };
  }

  #writeTable({ tableName: name, rows }: Message): object {
    const table = this.table(name);
    const answers = rows.map((row: Message) => {
      try {
        const fault = this.rowFault(name, this.#rowsWritten++);
        if (fault) throw new DoubleError(503, fault.code, fault.message);
        const kind = kinds[row.type as keyof typeof kinds];
        table.write(readWrite(kind, row.condition, row.rowChange));
        return { isOk: true, consumed };
      } catch (error) {
        if (!(error instanceof DoubleError)) throw error;
        return { isOk: false, error: { code: error.code, message: error.message } };
      }
    });
    return { tableName: name, rows: answers };
  }

  #splitPoints({ tableName: name, splitSize, splitSizeUnitInByte }: Message): object {
    const unit = Number(String(splitSizeUnitInByte || 0)) || 100 * 1024 * 1024;
    const points = this.table(name).splitPoints(this.splitBytes ?? Number(String(splitSize)) * unit);
    return { consumed, splitPoints: points.map((point) => this.#encoder.key(point)) };
  }

  #encode(rows: readonly Row[]): Buffer {
    return this.#encoder.rows(rows);
  }
}

function describeTable(name: string, schema: TableSchema): object {
  const message = writeSchema(name, schema) as Message;
  return {
    tableMeta: message.tableMeta,
    reservedThroughputDetails: { ...message.reservedThroughput, lastIncreaseTime: 0 },
    tableOptions: { allowUpdate: true, ...message.tableOptions },
    tableStatus: 1,
    streamDetails: { enableStream: schema.stream.isEnabled, expirationTime: schema.stream.expirationHours },
    indexMetas: message.indexMetas,
  };
}

function readWrite(kind: WriteRequest['kind'], condition: Message, bytes: Uint8Array): WriteRequest {
  const row = decodeRows(toBuffer(bytes))[0];
  if (!row) throw invalid('No row in the request.');
  return { row, kind, existence: existences[condition.rowExistence as keyof typeof existences] };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
