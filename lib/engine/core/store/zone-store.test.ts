import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Fault, FaultStore, type StoreOperation } from './fault-store';
import { MemoryStore } from './memory-store';
import { ZoneStore } from './zone-store';

const pack = Buffer.from('the bytes of a pack');
const sha256 = createHash('sha256').update(pack).digest('hex');
const packName = `packs/${sha256.slice(0, 2)}/${sha256}`;

type Plan = (operation: StoreOperation, name: string) => Fault;
let a: MemoryStore;
let b: MemoryStore;
let faults: { a: Plan; b: Plan };
let debts: Map<string, string>;
let zones: ZoneStore;

beforeEach(() => {
  [a, b] = [new MemoryStore(), new MemoryStore()];
  faults = { a: () => null, b: () => null };
  debts = new Map();
  const behind = (id: 'a' | 'b', store: MemoryStore) =>
    new FaultStore(store, (operation, _, name) => faults[id](operation, name));
  zones = new ZoneStore(
    [
      { id: 'a', store: behind('a', a) },
      { id: 'b', store: behind('b', b) },
    ],
    {
      owe: async (zone, kind, name, reason) => void debts.set(`${zone} ${kind} ${name}`, reason),
      settle: async (zone, name) => void debts.delete(`${zone} put ${name}`),
      observe: () => {},
    },
  );
});

const down: Plan = () => 'before';
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** Bytes changed behind the store's back. */
function rot(store: MemoryStore, name: string, change: (bytes: Buffer) => Buffer = flip): void {
  const object = store.objects.get(name)!;
  object.bytes = change(Buffer.from(object.bytes));
}
function flip(bytes: Buffer): Buffer {
  bytes[3]! ^= 1;
  return bytes;
}

describe('a put', () => {
  it('is acknowledged when every zone has the object', async () => {
    expect(await zones.putIfAbsent(packName, [pack])).toBe('created');
    expect([a.objects.has(packName), b.objects.has(packName)]).toEqual([true, true]);
    expect(debts.size).toBe(0);
  });

  it.each(['a', 'b'] as const)(
    'is acknowledged without zone %s when the ledger knows of it',
    async (zone) => {
      faults[zone] = down;
      expect(await zones.putIfAbsent(packName, pack)).toBe('created');
      expect([...debts]).toEqual([[`${zone} put ${packName}`, 'unavailable']]);
      expect(text(await zones.get(packName))).toBe(text(pack));
    },
  );

  it('is refused when no zone has it', async () => {
    faults = { a: down, b: down };
    await expect(zones.putIfAbsent(packName, pack)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(zones.putIfAbsent('points/s-1', pack)).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    expect(debts.size).toBe(0);
  });

  it('is refused when the debt cannot be written down', async () => {
    faults.b = down;
    const refusing = new ZoneStore(
      [
        { id: 'a', store: a },
        { id: 'b', store: new FaultStore(b, () => 'before') },
      ],
      {
        owe: async () => {
          throw new Error('no database');
        },
        settle: async () => {},
        observe: () => {},
      },
    );
    await expect(refusing.putIfAbsent(packName, pack)).rejects.toThrow('no database');
  });

  it.each(['vault.json', 'keys/00000001', 'lineages/l-1'])('of %s needs every zone', async (name) => {
    for (const zone of ['a', 'b'] as const) {
      faults = { a: () => null, b: () => null, [zone]: down };
      await expect(zones.putIfAbsent(name, pack)).rejects.toMatchObject({ code: 'storage_unavailable' });
    }
    expect(debts.size).toBe(0);
  });

  it('repeated after it came to one zone only gives the others the bytes that stand, not its own', async () => {
    await a.putIfAbsent('keys/00000001', Buffer.from('the first key'));
    expect(await zones.putIfAbsent('keys/00000001', Buffer.from('another key'))).toBe('exists');
    expect(text(b.objects.get('keys/00000001')!.bytes)).toBe('the first key');
  });

  it('does not wait for a zone that failed a moment ago', async () => {
    faults.b = down;
    await zones.putIfAbsent(packName, pack);
    let asked = 0;
    faults.b = (operation) => {
      if (operation === 'putIfAbsent') asked++;
      return 'before';
    };
    await zones.putIfAbsent('points/s-1', pack);
    expect(asked).toBe(0);
    expect(debts.has('b put points/s-1')).toBe(true);
  });
});

describe('a read', () => {
  beforeEach(async () => {
    await zones.putIfAbsent(packName, pack);
  });

  it.each([
    ['is gone', () => Object.assign(faults, { a: down }), undefined],
    ['has lost the object', () => void a.objects.delete(packName), 'missing'],
    ['has lost its end', () => rot(a, packName, (bytes) => bytes.subarray(0, 5)), 'corrupt'],
  ])('falls over when the first zone %s', async (_, harm, owed) => {
    harm();
    expect(text(await zones.get(packName, { offset: 4, length: 5 }))).toBe('bytes');
    expect(debts.get(`a put ${packName}`)).toBe(owed);
    expect(await zones.stat(packName)).toMatchObject({ name: packName });
  });

  it('says that the storage is unavailable as long as the zone that may have it is silent', async () => {
    a.objects.delete(packName);
    faults.b = down;
    await expect(zones.get(packName)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(zones.stat(packName)).rejects.toMatchObject({ code: 'storage_unavailable' });
    b.objects.delete(packName);
    faults.b = () => null;
    await expect(zones.get(packName)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a delete', () => {
  it('owes a zone that is away the same', async () => {
    await zones.putIfAbsent(packName, pack);
    faults.b = down;
    await zones.delete(packName);
    expect(a.objects.has(packName)).toBe(false);
    expect([...debts.keys()]).toEqual([`b delete ${packName}`]);
    faults.a = down;
    await expect(zones.delete(packName)).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('a list', () => {
  it('shows what any zone has, once and in order, page by page', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `packs/${String(i).padStart(2, '0')}/x`);
    for (const [i, name] of names.entries()) {
      if (i % 3 !== 0) await a.putIfAbsent(name, pack);
      if (i % 3 !== 1) await b.putIfAbsent(name, pack);
    }
    for (const limit of [1, 4, 25, 1000]) {
      const seen: string[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page = await zones.list('packs/', { after, limit });
        expect(page.objects.length).toBeLessThanOrEqual(limit);
        seen.push(...page.objects.map(({ name }) => name));
        after = page.next;
      }
      expect(seen).toEqual(names);
    }
  });

  it('goes on without one zone and fails without both', async () => {
    await zones.putIfAbsent(packName, pack);
    faults.a = down;
    expect((await zones.list('')).objects).toHaveLength(1);
    faults.b = down;
    await expect(zones.list('')).rejects.toMatchObject({ code: 'storage_unavailable' });
  });
});

describe('mending', () => {
  beforeEach(async () => {
    await zones.putIfAbsent(packName, pack);
  });

  it.each(['a', 'b'] as const)(
    'replaces a rotten copy in zone %s by the good one, told by its hash',
    async (zone) => {
      rot(zone === 'a' ? a : b, packName);
      expect(await zones.mend(packName)).toBe(true);
      expect([a, b].map((store) => text(store.objects.get(packName)!.bytes))).toEqual([
        text(pack),
        text(pack),
      ]);
      expect(debts.size).toBe(0);
    },
  );

  it('leaves good copies alone', async () => {
    faults = { a: (operation) => (operation === 'get' ? null : 'before'), b: () => null };
    expect(await zones.mend(packName)).toBe(true);
    expect(debts.size).toBe(0);
  });

  it('reads the good copy from then on where the bad one cannot be replaced', async () => {
    rot(a, packName);
    faults.a = (operation) => (operation === 'delete' ? 'before' : null);
    expect(await zones.mend(packName)).toBe(true);
    expect(text(await zones.get(packName))).toBe(text(pack));
    expect(debts.get(`a put ${packName}`)).toBe('corrupt');
  });

  it('says when no good copy is left, and destroys none', async () => {
    rot(a, packName);
    rot(b, packName);
    const before = [a, b].map((store) => text(store.objects.get(packName)!.bytes));
    expect(await zones.mend(packName)).toBe(false);
    expect([a, b].map((store) => text(store.objects.get(packName)!.bytes))).toEqual(before);
  });

  it('takes the word of who holds the key for objects that are not named by their hash', async () => {
    await zones.putIfAbsent('points/s-1', pack);
    rot(a, 'points/s-1');
    expect(await zones.mend('points/s-1')).toBe(false);
    expect(await zones.mend('points/s-1', (bytes) => text(bytes) === text(pack))).toBe(true);
    expect(text(a.objects.get('points/s-1')!.bytes)).toBe(text(pack));
  });
});
