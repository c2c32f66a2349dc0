import { createHash, randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { inAccount } from '@/db/client';
import { chunks, packs, vaults } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import type { PackRef, PackRow } from '@/lib/engine/core';
import { nameToUuid } from '@/lib/engine/core/names';
import { openVault } from '../vaults';
import { makeAccount, makeVault, testEnvironment } from '../vaults/test-environment';
import { openPin, pinnedBytes, releasePin } from './pins';
import { PostgresIndex, packObjectName } from './postgres-index';

const database = await testDatabase();
const { owner, engine } = database;
const environment = await testEnvironment(database);

function makePack(count: number, type: PackRef['type'] = 'data'): { pack: PackRef; rows: PackRow[] } {
  const pack = { objectName: packObjectName(randomBytes(32)), sizeBytes: 1000 + count, type };
  const rows = Array.from({ length: count }, (_, i) => ({
    name: randomBytes(16),
    frame: i >> 4,
    offset: (i & 15) * 100,
    length: 100,
  }));
  return { pack, rows };
}

async function setUp() {
  const account = await makeAccount(owner);
  const vaultId = await makeVault(environment, owner, account);
  const pin = await openPin(engine, account.accountId, { vaultId, workKind: 'backup', workId: 'job-1' });
  const vault = await openVault(environment, { accountId: account.accountId, vaultId });
  const lineage = vault.lineages[0]!;
  return { account, vaultId, pin, vault, lineage, index: vault.index(lineage, pin.pinNo) };
}

async function rowCount(index: PostgresIndex, rows: PackRow[]): Promise<number> {
  return (await index.lookup(rows.map((row) => row.name))).filter(Boolean).length;
}

describe('the index of a space', () => {
  test('answers in the order asked, with null for what is not there', async () => {
    const { index } = await setUp();
    const { pack, rows } = makePack(3, 'tree');
    expect(await index.add(pack, rows)).toEqual({ addedRows: 3 });
    const answers = await index.lookup([rows[2]!.name, randomBytes(16), rows[0]!.name]);
    const { frame, offset, length } = rows[2]!;
    expect(answers[0]).toEqual({ pack, frame, offset, length });
    expect(answers[1]).toBeNull();
    expect(answers[2]?.offset).toBe(rows[0]!.offset);
    expect(await index.lookup([])).toEqual([]);
  });

  test('takes and finds thousands of names in one statement', async () => {
    const { index } = await setUp();
    const { pack, rows } = makePack(9000);
    await index.add(pack, rows);
    expect(await rowCount(index, rows)).toBe(9000);
  });

  test('changes nothing when the same pack comes again', async () => {
    const { index, pin, vaultId } = await setUp();
    const { pack, rows } = makePack(5);
    await index.add(pack, rows);
    expect(await index.add(pack, rows)).toEqual({ addedRows: 0 });
    const held = await owner.select().from(packs).where(eq(packs.pinNo, pin.pinNo));
    expect(held).toHaveLength(1);
    const [vault] = await owner.select().from(vaults).where(eq(vaults.id, vaultId));
    expect(vault!.storedBytes).toBe(pack.sizeBytes);
  });

  test('keeps a row it has, and replaces one that is condemned', async () => {
    const { index, lineage } = await setUp();
    const first = makePack(2);
    await index.add(first.pack, first.rows);
    const second = makePack(0);
    const condemned = first.rows[1]!;
    await owner
      .update(chunks)
      .set({ condemnedBy: 1 })
      .where(eq(chunks.name, nameToUuid(condemned.name)));
    expect((await index.lookup([condemned.name]))[0]).toBeNull();
    expect(await index.add(second.pack, first.rows)).toEqual({ addedRows: 1 });
    const [kept, replaced] = await index.lookup(first.rows.map((row) => row.name));
    expect(kept?.pack.objectName).toBe(first.pack.objectName);
    expect(replaced?.pack.objectName).toBe(second.pack.objectName);
    const [row] = await owner
      .select({ condemnedBy: chunks.condemnedBy })
      .from(chunks)
      .where(sql`space_no = ${lineage.spaceNo} and name = ${nameToUuid(condemned.name)}`);
    expect(row!.condemnedBy).toBeNull();
  });

  test('records nothing when a row of the pack is refused', async () => {
    const { index } = await setUp();
    const { pack, rows } = makePack(3);
    const broken = [...rows, { name: randomBytes(16), frame: 2 ** 40, offset: 0, length: 1 }];
    await expect(index.add(pack, broken)).rejects.toThrow();
    expect(await rowCount(index, rows)).toBe(0);
    expect(await index.add(pack, rows)).toEqual({ addedRows: 3 });
  });

  test('settles two writers that bring the same chunks at once', async () => {
    const { index } = await setUp();
    const { rows } = makePack(2000);
    const answers = await Promise.all(
      [0, 1, 2, 3].map((i) => index.add(makePack(0).pack, i % 2 ? rows : rows.toReversed())),
    );
    expect(answers.reduce((sum, { addedRows }) => sum + addedRows, 0)).toBe(2000);
  });

  test('is empty to another account', async () => {
    const { index, vaultId, lineage } = await setUp();
    const { pack, rows } = makePack(3);
    await index.add(pack, rows);
    const stranger = await makeAccount(owner);
    const scope = { accountId: stranger.accountId, vaultId, spaceNo: lineage.spaceNo, keyVersion: 1 };
    const foreign = new PostgresIndex(engine, scope);
    expect(await rowCount(foreign, rows)).toBe(0);
    const other = makePack(1);
    await expect(foreign.add(other.pack, other.rows)).rejects.toThrow();
  });
});

describe('a pin', () => {
  test('is the same one for the same work, and keeps its parent point', async () => {
    const { account, vaultId, pin } = await setUp();
    const work = { vaultId, workKind: 'backup', workId: 'job-1' } as const;
    expect(await openPin(engine, account.accountId, { ...work, pointId: 'other' })).toEqual(pin);
    const other = await openPin(engine, account.accountId, { ...work, workId: 'job-2', pointId: 'p' });
    expect(other.pinNo).not.toBe(pin.pinNo);
    expect(other.pointId).toBe('p');
  });

  test('tells what its work has put, until it is released', async () => {
    const { account, index, pin } = await setUp();
    const one = makePack(30);
    const two = makePack(40, 'tree');
    await index.add(one.pack, one.rows);
    await index.add(two.pack, two.rows);
    const names: string[] = [];
    for await (const name of index.pinnedNames(pin.pinNo, 16)) names.push(nameToUuid(name));
    expect(names.sort()).toEqual([...one.rows, ...two.rows].map((row) => nameToUuid(row.name)).sort());
    await inAccount(engine, account.accountId, async (tx) => {
      expect(await pinnedBytes(tx, pin.pinNo)).toBe(one.pack.sizeBytes + two.pack.sizeBytes);
      await releasePin(tx, pin.pinNo);
      expect(await pinnedBytes(tx, pin.pinNo)).toBe(0);
    });
    expect(await rowCount(index, one.rows)).toBe(30);
  });
});

test('pack object names are the hash of the bytes, spread over 256 folders', () => {
  const sha256 = createHash('sha256').update('x').digest();
  expect(packObjectName(sha256)).toBe(`packs/2d/${sha256.toString('hex')}`);
});
