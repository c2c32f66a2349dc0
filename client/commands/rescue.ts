import type { Command } from 'commander';
import {
  type ConflictPolicy,
  conflictPolicies,
  type Damage,
  listPoints,
  loadServiceKey,
  openBareVault,
  type PointManifest,
  type RescuedVault,
  type RestoreReport,
  RestoreWriter,
  rebuildIndex,
  rescuePoint,
} from '@/lib/engine/core';
import { s3Presets } from '@/lib/engine/core/store/s3/presets';
import { CrossvaultError } from '@/lib/errors';
import { type BucketFlags, openPlace } from '../rescue-place';

interface RescueFlags extends BucketFlags {
  key: string;
  point?: string;
  to?: string;
  list?: boolean;
  conflict: string;
}

/** `crossvault rescue`: restores from a vault's storage and a key, with no database and no server. */
export function registerRescue(program: Command): void {
  program
    .command('rescue')
    .description('Restore from a bare vault folder or bucket, without database or server')
    .argument('<vault>', 'the folder that holds vault.json, or s3://<bucket>/<prefix> of one in a bucket')
    .option('--endpoint <url>', 'of the S3 server, for a vault in a bucket')
    .option('--s3-region <region>', 'of the bucket', 'us-east-1')
    .option('--s3-preset <preset>', `kind of S3 server: ${Object.keys(s3Presets).join(', ')}`, 'aws')
    .option(
      '--s3-key <file>',
      'JSON with accessKeyId and secretAccessKey (default: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)',
    )
    .requiredOption('--key <file>', 'service key file, or an exported account key')
    .option('--list', 'list the backup points and stop')
    .option('--point <id>', 'the backup point to restore (default: the newest)')
    .option('--to <folder>', 'where to restore to')
    .option('--conflict <policy>', `what to do with existing files: ${conflictPolicies.join(', ')}`, 'skip')
    .action(runRescue);
}

async function runRescue(place: string, flags: RescueFlags): Promise<void> {
  const damage: Damage[] = [];
  const onDamage = (found: Damage) => {
    damage.push(found);
    console.error(`Cannot read ${found.objectName}: ${found.error.message}`);
  };
  const key = await loadServiceKey(flags.key);
  const vault = await openBareVault(await openPlace(place, flags), [key, ...(key.earlier ?? [])]);
  const points = await listPoints(vault, onDamage);
  if (flags.list) {
    for (const point of points) console.log(describePoint(point));
  } else {
    await restore(vault, choosePoint(points, flags.point), flags, onDamage);
  }
  if (damage.length > 0) process.exitCode = 10;
}

function describePoint({ pointId, finishedAt, host, paths, root }: PointManifest): string {
  const { files, bytes } = root.totals;
  return [pointId, finishedAt.toISOString(), host, `${files} files`, `${bytes} bytes`, paths.join(' ')].join(
    '\t',
  );
}

function choosePoint(points: PointManifest[], wanted: string | undefined): PointManifest {
  const point = wanted ? points.find(({ pointId }) => pointId === wanted) : points.at(-1);
  if (!point)
    throw new CrossvaultError('not_found', `The vault holds no backup point ${wanted ?? 'at all'}.`);
  return point;
}

function requirePolicy(text: string): ConflictPolicy {
  const policy = conflictPolicies.find((known) => known === text);
  if (!policy)
    throw new CrossvaultError('invalid_input', `--conflict is one of ${conflictPolicies.join(', ')}.`);
  return policy;
}

async function restore(
  vault: RescuedVault,
  point: PointManifest,
  flags: RescueFlags,
  onDamage: (damage: Damage) => void,
): Promise<void> {
  if (!flags.to) throw new CrossvaultError('invalid_input', 'Give the folder to restore to with --to.');
  const conflict = requirePolicy(flags.conflict);
  console.error(`Restoring ${describePoint(point)}`);
  let packs = 0;
  const index = await rebuildIndex(vault, () => packs++, onDamage);
  console.error(`Read the contents of ${packs} packs: ${index.size} chunks.`);
  const warn = (names: readonly Uint8Array[], warning: Error) =>
    console.error(`${showPath(names)}: ${warning.message}`);
  const writer = new RestoreWriter({ root: Buffer.from(flags.to), conflict, onWarning: warn });
  report(await rescuePoint({ vault, index, point, writer }));
}

function report({ files, dirs, links, bytes, skipped, keptBoth, failures }: RestoreReport): void {
  for (const { path, error } of failures) console.error(`Not restored: ${showPath(path)}: ${error.message}`);
  console.log(
    `Restored ${files} files (${bytes} bytes), ${dirs} folders and ${links} links; ` +
      `${skipped} skipped, ${keptBoth} kept beside existing ones, ${failures.length} failed.`,
  );
  if (failures.length > 0) process.exitCode = 10;
}

/** Names may hold line breaks and terminal escapes. */
function showPath(names: readonly Uint8Array[]): string {
  const text = Buffer.concat(names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)])).toString();
  return JSON.stringify(text).slice(1, -1);
}
