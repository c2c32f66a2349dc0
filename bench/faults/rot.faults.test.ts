import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { MemoryStore } from '@/lib/engine/core/store/memory-store';
import { noise } from '@/lib/engine/core/test-bytes';
import { createTestVault, type TestVault } from '@/lib/engine/core/test-vault';
import { inlinePool } from '@/lib/engine/core/work/pool';
import { judgePack } from '@/lib/engine/verify/judge-pack';
import { seededRandom } from '@/scripts/demo/random';
import { backUpBare, digestOf, readBare, smallFiles } from './bare-vault';
import { Campaign } from './campaign';

const campaign = new Campaign('bit rot', 0.3);
const { random } = campaign;

interface Fixture {
  vault: TestVault;
  told: Map<string, string>;
}

async function makeFixture(seedOfFiles: number): Promise<Fixture> {
  const vault = await createTestVault({ vaultId: 'vault-1' });
  const told = new Map<string, string>();
  for (let number = 1; number <= 3; number++) {
    const files = smallFiles(seededRandom(seedOfFiles + number), number);
    told.set(await backUpBare(vault, number, files), digestOf(files));
  }
  return { vault, told };
}

/** Ways in which the bytes of a stored object go wrong; null where one does not fit the object. */
const damages: Record<string, (bytes: Buffer, others: readonly Buffer[]) => Buffer | null> = {
  'a flipped bit': (bytes) => {
    const damaged = Buffer.from(bytes);
    damaged[random.int(bytes.length)]! ^= 1 << random.int(8);
    return damaged;
  },
  zeros: (bytes) => {
    const damaged = Buffer.from(bytes);
    const at = random.int(bytes.length);
    return damaged.fill(0, at, Math.min(at + 4096, bytes.length)).equals(bytes) ? null : damaged;
  },
  'a lost end': (bytes) => bytes.subarray(0, random.int(bytes.length)),
  'more at the end': (bytes) => Buffer.concat([bytes, noise(1 + random.int(600), random.int(1000))]),
  'the bytes of another object': (bytes, others) => {
    const different = others.filter((other) => !other.equals(bytes));
    return different.length > 0 ? random.pick(different) : null;
  },
};

/** Whether a verification would name this object. */
async function isNoticed({ vault }: Fixture, name: string): Promise<boolean> {
  const bytes = await vault.store.get(name);
  const ref = { objectName: name, sizeBytes: bytes.length, type: 'data' } as const;
  const { keys, namingKey } = vault;
  const verdict = await judgePack(ref, bytes, {
    keys,
    namingKey,
    work: inlinePool,
    isOtherPack: async (sha256) =>
      [...vault.store.objects.values()].some((object) => hashOf(object.bytes) === sha256),
  });
  return verdict !== null;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function damageOne(fixture: Fixture, foreign: readonly Buffer[]): Promise<string[] | null> {
  const { vault, told } = fixture;
  const { objects } = (vault as TestVault<MemoryStore>).store;
  const [name, object] = random.pick(
    [...objects].filter(([key]) => /^(packs|points|keys|lineages)\//.test(key)),
  );
  const [kind, damage] = random.pick(Object.entries(damages));
  const others = [...objects].filter(([key]) => key !== name).map(([, { bytes }]) => bytes);
  const damaged = damage(object.bytes, [...others, ...foreign]);
  if (!damaged) return null;
  const original = object.bytes;
  object.bytes = damaged;
  try {
    return await examine(fixture, name, `${kind} in ${name}`, told);
  } finally {
    object.bytes = original;
  }
}

async function examine(
  fixture: Fixture,
  name: string,
  what: string,
  told: Map<string, string>,
): Promise<string[]> {
  const isPack = name.startsWith('packs/');
  if (isPack && !(await isNoticed(fixture, name))) return [`undetected: ${what}`];
  const reading = await readBare(fixture.vault.store).catch(() => null);
  // A key or a lineage that is damaged: nothing can be read, and nothing wrong is.
  if (!reading) return isPack || name.startsWith('points/') ? [`unreadable: everything, by ${what}`] : [];
  const findings: string[] = [];
  for (const [pointId, digest] of told) {
    const found = reading.points.get(pointId);
    if (typeof found === 'string' && found !== digest) findings.push(`corrupt: ${pointId}, by ${what}`);
    const isOwn = name === `points/${pointId}`;
    if (isOwn && found !== undefined) findings.push(`undetected: ${what}`);
    if (!isPack && !isOwn && typeof found !== 'string') findings.push(`lost: ${pointId}, by ${what}`);
  }
  return findings;
}

describe('bytes that go wrong in the store', () => {
  it('are noticed, named, and never read as something else', { timeout: 3_600_000 }, async () => {
    const { tally } = campaign;
    const findings: string[] = [];
    for (let made = 0; !campaign.isOver; made++) {
      const fixture = await makeFixture(made);
      const stranger = await createTestVault({ vaultId: 'vault-2' });
      await backUpBare(stranger, 1, smallFiles(random, made));
      const foreign = [...stranger.store.objects.values()].map(({ bytes }) => bytes);
      for (let i = 0; i < 100 && !campaign.isOver; i++) {
        const found = await damageOne(fixture, foreign);
        if (!found) continue;
        tally.faults++;
        tally.acknowledged += fixture.told.size;
        findings.push(...found);
      }
      const well = await readBare(fixture.vault.store);
      expect(Object.fromEntries(well.points)).toEqual(Object.fromEntries(fixture.told));
    }
    campaign.found(findings);
    expect(findings).toEqual([]);
  });

  it('raise no alarm where there is nothing', async () => {
    const fixture = await makeFixture(7);
    for (const name of fixture.vault.store.objects.keys()) {
      if (name.startsWith('packs/')) expect(await isNoticed(fixture, name), name).toBe(false);
    }
  });
});
