import fc from 'fast-check';
import sdk from 'tablestore';
import { describe, expect, test } from 'vitest';
import {
  binaryValue,
  booleanValue,
  doubleValue,
  infMax,
  infMin,
  integerValue,
  type Row,
  stringValue,
  type Value,
} from '../model';
import { crc8 } from './crc8';
import { decodeKey, decodeRows } from './decode-rows';
import { RowEncoder } from './encode-rows';

/** Put together by hand from the service's description of the format, sums included. */
const golden = Buffer.from(
  [
    '75000000 01',
    '03 04 03000000 676964 05 09000000 00 feffffffffffffff 0a fd',
    '03 04 03000000 756964 05 07000000 03 02000000 c3a9 0a d9',
    '02',
    '03 04 01000000 62 05 07000000 07 02000000 00ff 07 7b68e5cf8b010000 0a b1',
    '03 04 01000000 64 05 09000000 01 000000000000e0bf 07 7b68e5cf8b010000 0a 02',
    '03 04 01000000 6e 05 09000000 00 0100000000002000 07 0100000000000000 0a 74',
    '03 04 01000000 73 05 08000000 03 03000000 e69687 07 0100000000002000 0a 39',
    '03 04 09000000 74696d657374616d70 05 02000000 02 01 07 0000000000000000 0a 46',
    '09 e4',
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);
const goldenRow: Row = {
  key: [
    { name: 'gid', ...integerValue(-2n) },
    { name: 'uid', ...stringValue('é') },
  ],
  cells: [
    { name: 'b', ...binaryValue(Buffer.of(0, 255)), timestamp: 1_700_000_000_123n },
    { name: 'd', ...doubleValue(-0.5), timestamp: 1_700_000_000_123n },
    { name: 'n', ...integerValue(9_007_199_254_740_993n), timestamp: 1n },
    { name: 's', ...stringValue('文'), timestamp: 9_007_199_254_740_993n },
    { name: 'timestamp', ...booleanValue(true), timestamp: 0n },
  ],
};

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integerValue),
  fc.double({ noNaN: true }).map(doubleValue),
  fc.boolean().map(booleanValue),
  fc.string({ unit: 'grapheme' }).map(stringValue),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => binaryValue(Buffer.from(bytes))),
);
const name = fc.stringMatching(/^[A-Za-z_]\w{0,20}$/);
const row: fc.Arbitrary<Row> = fc.record({
  key: fc.array(
    fc.tuple(name, value).map(([name, value]) => ({ name, ...value })),
    { minLength: 1, maxLength: 4 },
  ),
  cells: fc.array(
    fc
      .tuple(name, value, fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }))
      .map(([name, value, timestamp]) => ({ name, ...value, timestamp })),
    { maxLength: 12 },
  ),
});

const plain = ({ key, cells }: Row) => ({
  key,
  cells: cells.map(({ name, tag, bytes, timestamp }) => ({ name, tag, bytes, timestamp })),
});

describe("the service's row format", () => {
  test('the sum is the CRC-8 of the polynomial 7, by its published check value', () => {
    expect(crc8(0, Buffer.from('123456789'))).toBe(0xf4);
  });

  test('rows are written byte for byte as the format says, and read back', () => {
    expect(new RowEncoder().row(goldenRow.key, goldenRow.cells).toString('hex')).toBe(golden.toString('hex'));
    expect(decodeRows(golden).map(plain)).toEqual([goldenRow]);
  });

  test('the lowest and the highest key are written as the format says', () => {
    const key = new RowEncoder().key([
      { name: 'gid', ...infMin },
      { name: 'uid', ...infMax },
    ]);
    expect(key.toString('hex')).toBe(
      '75000000010304030000006769640501000000090a5603040300000075696405010000000a0a14095a',
    );
  });

  test('whatever rows there are, an answer of several reads back as they were', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const bytes = new RowEncoder().rows(rows);
        expect(decodeRows(bytes).map(plain)).toEqual(rows);
      }),
      { numRuns: 60 },
    );
  });

  test('the official SDK reads what is written here, and the other way round', () => {
    const { PlainBufferBuilder, PlainBufferInputStream, PlainBufferCodedInputStream, Long } =
      sdk as never as Codec;
    const theirs = PlainBufferBuilder.serializeForPutRow(
      [{ gid: Long.fromString('-2') }, { uid: 'é' }],
      [
        { b: Buffer.of(0, 255), timestamp: 1700000000123 },
        { d: -0.5, timestamp: 1700000000123 },
      ],
    );
    const [read] = decodeRows(theirs);
    expect(plain(read!)).toEqual({ key: goldenRow.key, cells: goldenRow.cells.slice(0, 2) });
    const stream = { buffer: golden, offset: 0, limit: golden.length };
    const back = new PlainBufferCodedInputStream(new PlainBufferInputStream(stream)).readRow();
    expect(back.attributes.map(({ columnName, columnValue }) => [columnName, String(columnValue)])).toEqual([
      ['b', Buffer.of(0, 255).toString()],
      ['d', '-0.5'],
      ['n', '9007199254740993'],
      ['s', '文'],
      ['timestamp', 'true'],
    ]);
  });

  test('a flipped bit anywhere is found, or leaves other rows than were sent', () => {
    for (let at = 4; at < golden.length; at++) {
      const damaged = Buffer.from(golden);
      damaged[at] = damaged[at]! ^ 0x10;
      let rows: unknown = null;
      try {
        rows = decodeRows(damaged).map(plain);
      } catch (error) {
        expect(error).toMatchObject({ code: 'corrupt_data' });
      }
      // The outer length of a value says nothing that the value does not say itself.
      if (rows && JSON.stringify(rows, shown) === JSON.stringify([goldenRow], shown))
        expect(outerLengths).toContain(at);
    }
  });

  test('an answer that ends early is damaged', () => {
    expect(() => decodeRows(golden.subarray(0, golden.length - 1))).toThrow('ends too early');
    expect(decodeKey(Buffer.alloc(0))).toEqual([]);
  });
});

const shown = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** Bytes of the golden row that hold the outer length of a value. */
const outerLengths = [...golden.keys()].filter((at) =>
  [1, 2, 3, 4].some((back) => golden[at - back] === 0x05 && golden[at - back + 5] !== undefined),
);

interface Codec {
  Long: { fromString(text: string): unknown };
  PlainBufferBuilder: { serializeForPutRow(key: object[], columns: object[]): Buffer };
  PlainBufferInputStream: new (window: object) => object;
  PlainBufferCodedInputStream: new (
    stream: object,
  ) => { readRow(): { attributes: { columnName: string; columnValue: unknown }[] } };
}
