import { describe, expect, it } from 'vitest';
import { appendFact, loadFacts } from '@/lib/engine/core/facts';
import { deletePoint } from '@/lib/engine/core/point-store';
import { openBareVault } from '@/lib/engine/core/rescue';
import { FolderStore } from '@/lib/engine/core/store/folder-store';
import { createTestVault, testServiceKey } from '@/lib/engine/core/test-vault';
import { type SeededRandom, seededRandom } from '@/scripts/demo/random';
import { backUpBare, digestOf, readBare, smallFiles } from './bare-vault';
import { Campaign, PowerCut, seed } from './campaign';
import { CrashFiles, type Lie } from './crash-files';

const folder = '/vault';
/** Changes and syncs that a run makes, at least; a cut comes at any of them. */
const operationsInRun = 120;
/** States looked at for each moment of a cut. */
const statesPerCut = 4;

/** What was told to the outside, by who was told. */
interface Told {
  isVaultMade: boolean;
  points: Map<string, { digest: string; state: 'kept' | 'going' | 'gone'; facts: number }>;
}

interface Variant {
  lie?: Lie;
  manifestFirst?: boolean;
}

/** Makes a vault, backs up into it, deletes, writes facts down: and tells whoever asked once each is done. */
async function work(files: CrashFiles, told: Told, random: SeededRandom, variant: Variant): Promise<void> {
  const vault = await createTestVault({ store: new FolderStore(folder, files.files) });
  told.isVaultMade = true;
  for (let number = 1; number <= 4; number++) {
    const small = smallFiles(random, number);
    const made = await backUpBare(vault, number, small, variant);
    told.points.set(made, { digest: digestOf(small), state: 'kept', facts: 0 });
    const pointId = `s-${1 + random.int(number)}`;
    const point = told.points.get(pointId)!;
    if (point.state !== 'kept') continue;
    if (random.next() < 0.3) {
      point.state = 'going';
      await deletePoint(vault.store, pointId);
      point.state = 'gone';
    } else if (random.next() < 0.5) {
      const at = new Date('2030-01-01T00:00:00Z');
      const fact = { kind: 'retention', at, expiresAt: at } as const;
      await appendFact(vault.store, vault.keys, pointId, point.facts + 1, fact);
      point.facts++;
    }
  }
}

/** What is wrong with a vault that is found like this, or null. */
async function examine(files: CrashFiles, told: Told): Promise<string | null> {
  if (!told.isVaultMade) return null;
  const store = new FolderStore(folder, files.files);
  const { points, damaged } = await readBare(store);
  if (damaged.length > 0) return `unreadable: ${damaged.join(', ')}`;
  // Also those that were not acknowledged yet: what is shown is whole.
  for (const [pointId, found] of points) {
    if (found instanceof Error) return `lost: ${pointId}, ${found.message}`;
    const known = told.points.get(pointId);
    if (known && known.digest !== found) return `corrupt: ${pointId}`;
  }
  const { keys } = await openBareVault(store, [testServiceKey]);
  for (const [pointId, { state, facts }] of told.points) {
    if (points.has(pointId) && state === 'gone') return `came back: ${pointId}`;
    if (!points.has(pointId) && state === 'kept') return `lost: ${pointId}`;
    if (state === 'kept' && (await loadFacts(store, keys, pointId)).length < facts)
      return `lost a fact: ${pointId}`;
  }
  return null;
}

/** Cuts the power at one operation of a run, and looks at some of what may be found then. */
async function cutAt(operation: number, run: number, variant: Variant, onState: (told: Told) => void) {
  const files = CrashFiles.empty(variant.lie ?? null);
  const told: Told = { isVaultMade: false, points: new Map() };
  let isCut = false;
  files.onOperation = (number) => {
    if (number < operation) return;
    isCut = true;
    throw new PowerCut();
  };
  await work(files, told, seededRandom(run), variant).catch((error) => {
    if (!isCut) throw error;
  });
  for (let state = 0; state < statesPerCut && isCut; state++) {
    onState(told);
    const found = files.afterCut(seededRandom(run * 31 + operation * 7 + state));
    const wrong = await examine(found, told).catch((error: Error) => `cannot be opened: ${error.message}`);
    if (wrong) return { isCut, wrong: `${wrong} (run ${run}, operation ${operation}, state ${state})` };
  }
  return { isCut, wrong: null };
}

describe('a power cut at any moment', () => {
  const campaign = new Campaign('power cuts', 0.525);

  it('loses nothing that was told to be kept, and shows nothing that is not whole', {
    timeout: 3_600_000,
  }, async () => {
    const { tally, random } = campaign;
    const findings: string[] = [];
    for (let run = seed; !campaign.isOver; run++) {
      const { wrong } = await cutAt(random.int(operationsInRun), run, {}, (told) => {
        tally.faults++;
        tally.acknowledged += told.points.size;
      });
      if (wrong) findings.push(wrong);
    }
    campaign.found(findings);
    expect(findings).toEqual([]);
  });

  it('comes at any moment of a whole run', async () => {
    expect((await cutAt(operationsInRun, seed, {}, () => {})).isCut).toBe(true);
  });

  it.each<[string, Variant]>([
    ['a disk that does not sync files', { lie: 'files_not_synced' }],
    ['a disk that does not sync folders', { lie: 'folders_not_synced' }],
    ['a manifest before its chunks', { manifestFirst: true }],
  ])('%s is found out', async (_, variant) => {
    for (let operation = 0; ; operation++) {
      const { isCut, wrong } = await cutAt(operation, seed, variant, () => {});
      if (wrong) return;
      if (!isCut) throw new Error('every state was well');
    }
  });
});
