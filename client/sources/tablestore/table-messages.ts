import type { ColumnType, IndexDefinition, KeyColumn, KeyType, TableOptions, TableSchema } from './model';

const keyTypes: Record<KeyType, number> = { integer: 1, string: 2, binary: 3 };
const columnTypes: Record<ColumnType, number> = { integer: 1, double: 2, boolean: 3, string: 4, binary: 7 };
const autoIncrementOption = 1;

interface IndexMessage {
  name: string;
  primaryKey?: string[];
  definedColumn?: string[];
  indexUpdateMode?: number;
  indexType?: number;
}

/** The answer to DescribeTable as the SDK's messages give it. 64-bit numbers come as numbers or as objects. */
export interface TableMessage {
  tableMeta: {
    primaryKey: { name: string; type: number; option?: number }[];
    definedColumn?: { name: string; type: number }[];
  };
  tableOptions?: {
    timeToLive?: number;
    maxVersions?: number;
    deviationCellVersionInSec?: unknown;
    allowUpdate?: boolean;
  };
  streamDetails?: { enableStream: boolean; expirationTime?: number } | null;
  reservedThroughputDetails?: { capacityUnit?: { read?: number; write?: number } };
  indexMetas?: IndexMessage[];
}

export function readSchema(message: TableMessage): TableSchema {
  const { tableMeta, tableOptions, streamDetails, reservedThroughputDetails, indexMetas } = message;
  const units = reservedThroughputDetails?.capacityUnit;
  return {
    key: tableMeta.primaryKey.map(
      (column): KeyColumn => ({
        name: column.name,
        type: nameOf(keyTypes, column.type),
        isAutoIncrement: given(column, 'option') === autoIncrementOption,
      }),
    ),
    definedColumns: (tableMeta.definedColumn ?? []).map(({ name, type }) => ({
      name,
      type: nameOf(columnTypes, type),
    })),
    options: readOptions(tableOptions ?? {}),
    indexes: (indexMetas ?? []).map(readIndex),
    stream: {
      isEnabled: streamDetails?.enableStream ?? false,
      expirationHours: streamDetails?.enableStream ? (streamDetails.expirationTime ?? 0) : 0,
    },
    throughput: { read: units?.read ?? 0, write: units?.write ?? 0 },
  };
}

export function readOptions(message: NonNullable<TableMessage['tableOptions']>): TableOptions {
  return {
    timeToLiveSeconds: given(message, 'timeToLive') ?? -1,
    maxVersions: given(message, 'maxVersions') ?? 1,
    maxVersionOffsetSeconds: toNumber(given(message, 'deviationCellVersionInSec')) || 86_400,
    allowsUpdate: given(message, 'allowUpdate') ?? true,
  };
}

/** Decoded messages inherit defaults for what was not sent; only what was sent counts. */
function given<T extends object, K extends keyof T>(message: T, field: K): T[K] | undefined {
  return Object.hasOwn(message, field) ? message[field] : undefined;
}

function readIndex(index: IndexMessage): IndexDefinition {
  return {
    name: index.name,
    keyColumns: [...(index.primaryKey ?? [])],
    definedColumns: [...(index.definedColumn ?? [])],
    updateMode: index.indexUpdateMode === 1 ? 'sync' : 'async',
    type: index.indexType === 1 ? 'local' : 'global',
  };
}

/** CreateTable for a table of this schema. */
export function writeSchema(tableName: string, schema: TableSchema): object {
  const { stream, throughput } = schema;
  return {
    tableMeta: {
      tableName,
      primaryKey: schema.key.map(({ name, type, isAutoIncrement }) => ({
        name,
        type: keyTypes[type],
        ...(isAutoIncrement && { option: autoIncrementOption }),
      })),
      definedColumn: schema.definedColumns.map(({ name, type }) => ({ name, type: columnTypes[type] })),
    },
    reservedThroughput: { capacityUnit: { read: throughput.read, write: throughput.write } },
    tableOptions: writeOptions(schema.options),
    ...(stream.isEnabled && { streamSpec: { enableStream: true, expirationTime: stream.expirationHours } }),
    indexMetas: schema.indexes.map((index) => ({
      name: index.name,
      primaryKey: index.keyColumns,
      definedColumn: index.definedColumns,
      indexUpdateMode: index.updateMode === 'sync' ? 1 : 0,
      indexType: index.type === 'local' ? 1 : 0,
    })),
  };
}

export function writeOptions(options: TableOptions): object {
  return {
    timeToLive: options.timeToLiveSeconds,
    maxVersions: options.maxVersions,
    deviationCellVersionInSec: options.maxVersionOffsetSeconds,
    // Only said where it differs from the default: older instances do not know it.
    ...(!options.allowsUpdate && { allowUpdate: false }),
  };
}

function nameOf<T extends string>(numbers: Record<T, number>, number: number): T {
  const found = (Object.keys(numbers) as T[]).find((name) => numbers[name] === number);
  if (!found) throw new Error(`Invariant broken: Tablestore has no type ${number}`);
  return found;
}

function toNumber(value: unknown): number {
  return value == null ? 0 : Number(String(value));
}
