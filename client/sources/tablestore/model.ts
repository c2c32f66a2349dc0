/** How values are marked, on the wire and in our own rows. */
export const valueTags = {
  integer: 0,
  double: 1,
  boolean: 2,
  string: 3,
  binary: 7,
  /** Below and above every key; and "the service chooses". Only in keys of requests. */
  infMin: 9,
  infMax: 10,
  autoIncrement: 11,
} as const;
export type ValueTag = (typeof valueTags)[keyof typeof valueTags];

/**
 * A value as the service keeps it: integers and doubles as 8 bytes little-endian, booleans as one byte, strings as UTF-8.
 * Bytes are never turned into text or numbers on their way, so nothing is rounded and nothing is normalised.
 */
export interface Value {
  tag: ValueTag;
  bytes: Buffer;
}

export interface KeyCell extends Value {
  name: string;
}

/** One version of one attribute column; the timestamp is in milliseconds and tells versions apart. */
export interface Cell extends Value {
  name: string;
  timestamp: bigint;
}

export interface Row {
  key: KeyCell[];
  cells: Cell[];
}

export type KeyType = 'integer' | 'string' | 'binary';
export type ColumnType = 'integer' | 'double' | 'boolean' | 'string' | 'binary';

export interface KeyColumn {
  name: string;
  type: KeyType;
  isAutoIncrement: boolean;
}

export interface IndexDefinition {
  name: string;
  keyColumns: string[];
  definedColumns: string[];
  updateMode: 'async' | 'sync';
  type: 'global' | 'local';
}

export interface TableOptions {
  /** Seconds after which a version is deleted; -1: never. */
  timeToLiveSeconds: number;
  maxVersions: number;
  /** How far a given timestamp may lie from the time of writing. */
  maxVersionOffsetSeconds: number;
  allowsUpdate: boolean;
}

export interface TableSchema {
  key: KeyColumn[];
  definedColumns: { name: string; type: ColumnType }[];
  options: TableOptions;
  indexes: IndexDefinition[];
  /** The change stream, kept as it was set; its records are not backed up. */
  stream: { isEnabled: boolean; expirationHours: number };
  throughput: { read: number; write: number };
}

const empty = Buffer.alloc(0);
export const infMin: Value = { tag: valueTags.infMin, bytes: empty };
export const infMax: Value = { tag: valueTags.infMax, bytes: empty };
export const autoIncrement: Value = { tag: valueTags.autoIncrement, bytes: empty };

export function keyOf(schema: readonly KeyColumn[], value: Value): KeyCell[] {
  return schema.map(({ name }) => ({ ...value, name }));
}

export function integerValue(value: bigint): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(value);
  return { tag: valueTags.integer, bytes };
}
export function doubleValue(value: number): Value {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(value);
  return { tag: valueTags.double, bytes };
}
export function stringValue(value: string): Value {
  return { tag: valueTags.string, bytes: Buffer.from(value) };
}
export function binaryValue(bytes: Buffer): Value {
  return { tag: valueTags.binary, bytes };
}
export function booleanValue(value: boolean): Value {
  return { tag: valueTags.boolean, bytes: Buffer.of(value ? 1 : 0) };
}
