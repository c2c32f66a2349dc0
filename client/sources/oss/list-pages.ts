import { ListObjectsV2Command, ListObjectVersionsCommand, type ObjectVersion } from '@aws-sdk/client-s3';
import { CrossvaultError } from '@/lib/errors';
import { maxKeyBytes } from '@/lib/sources/schemas';
import type { Bucket } from './bucket';
import type { ListedObject, ListingPage, ListPage } from './listed-object';

const objectsPerPage = 1000;

/** Current objects, a thousand a request. */
export function currentObjects(bucket: Bucket, limit = objectsPerPage): ListPage {
  return async ({ prefix, after }) => {
    const page = await bucket.patiently((client, abortSignal) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: bucket.name,
          Prefix: prefix.toString(),
          ...(after && { StartAfter: after.toString() }),
          MaxKeys: limit,
          EncodingType: 'url',
        }),
        { abortSignal },
      ),
    );
    const objects = (page.Contents ?? []).map(
      (found): ListedObject => ({
        key: decodeKey(found.Key ?? '', page.EncodingType),
        sizeBytes: found.Size ?? 0,
        etag: bare(found.ETag),
        modifiedAtMs: found.LastModified?.getTime() ?? 0,
        ...(found.StorageClass && { storageClass: found.StorageClass }),
      }),
    );
    requireSense(objects, { prefix, after });
    const next = page.IsTruncated ? (objects.at(-1)?.key ?? null) : null;
    if (page.IsTruncated && !next) throw senseless();
    return { objects, next };
  };
}

/** The same with the older versions of each key beside its current one. Keys without a current object are counted. */
export function versionedObjects(bucket: Bucket, onlyOld: (count: number) => void = () => {}): ListPage {
  return async ({ prefix, after }) => {
    let marker = { key: after?.toString(), version: undefined as string | undefined };
    const versions: (ObjectVersion & { isMarker: boolean; key: Buffer })[] = [];
    let isLast = false;
    // A page may end inside a key: it is whole once another key has come.
    while (!isLast && new Set(versions.map(({ key }) => key.toString('latin1'))).size < 2) {
      const page = await listVersions(bucket, prefix, marker);
      // Servers differ in whether the marker itself comes again.
      versions.push(...page.versions.filter(({ key }) => !after?.equals(key)));
      isLast = page.next === null;
      if (!page.next) break;
      if (page.next.key === marker.key && page.next.version === marker.version) throw senseless();
      marker = page.next;
    }
    return groupVersions(versions, { prefix, after, isLast, onlyOld });
  };
}

async function listVersions(
  bucket: Bucket,
  prefix: Buffer,
  marker: { key?: string; version?: string },
): Promise<{
  versions: (ObjectVersion & { isMarker: boolean; key: Buffer })[];
  next: { key: string; version: string | undefined } | null;
}> {
  const page = await bucket.patiently((client, abortSignal) =>
    client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket.name,
        Prefix: prefix.toString(),
        ...(marker.key !== undefined && { KeyMarker: marker.key }),
        ...(marker.version !== undefined && { VersionIdMarker: marker.version }),
        MaxKeys: objectsPerPage,
        EncodingType: 'url',
      }),
      { abortSignal },
    ),
  );
  const of = (found: ObjectVersion, isMarker: boolean) => ({
    ...found,
    isMarker,
    key: decodeKey(found.Key ?? '', page.EncodingType),
  });
  const versions = [
    ...(page.Versions ?? []).map((found) => of(found, false)),
    ...(page.DeleteMarkers ?? []).map((found) => of(found, true)),
  ];
  versions.sort((a, b) => Buffer.compare(a.key, b.key) || Number(b.IsLatest) - Number(a.IsLatest));
  if (!page.IsTruncated) return { versions, next: null };
  if (page.NextKeyMarker === undefined) throw senseless();
  const key = decodeKey(page.NextKeyMarker, page.EncodingType).toString();
  return { versions, next: { key, version: page.NextVersionIdMarker || undefined } };
}

function groupVersions(
  versions: (ObjectVersion & { isMarker: boolean; key: Buffer })[],
  page: { prefix: Buffer; after: Buffer | null; isLast: boolean; onlyOld: (count: number) => void },
): ListingPage {
  const groups: (typeof versions)[] = [];
  for (const version of versions) {
    const open = groups.at(-1);
    if (open?.[0]?.key.equals(version.key)) open.push(version);
    else groups.push([version]);
  }
  if (!page.isLast) groups.pop();
  requireSense(
    groups.map((group) => ({ key: group[0]!.key })),
    page,
  );
  const objects = groups.flatMap((group): ListedObject[] => {
    const current = group.find((version) => version.IsLatest && !version.isMarker);
    return current ? [toObject(current, group)] : [];
  });
  page.onlyOld(groups.length - objects.length);
  const next = page.isLast ? null : groups.at(-1)!.at(0)!.key;
  return { objects, next };
}

function toObject(
  current: ObjectVersion & { key: Buffer },
  group: (ObjectVersion & { isMarker: boolean })[],
): ListedObject {
  const older = group
    .filter((version) => version !== (current as ObjectVersion))
    .sort((a, b) => (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0));
  return {
    key: current.key,
    sizeBytes: current.Size ?? 0,
    etag: bare(current.ETag),
    modifiedAtMs: current.LastModified?.getTime() ?? 0,
    ...(current.StorageClass && { storageClass: current.StorageClass }),
    ...(current.VersionId && { versionId: current.VersionId }),
    olderVersions: older.map((version) => ({
      versionId: version.VersionId ?? 'null',
      modifiedAt: (version.LastModified ?? new Date(0)).toISOString(),
      ...(!version.isMarker && { sizeBytes: version.Size ?? 0, etag: bare(version.ETag) }),
    })),
  };
}

/** A listing that goes round in a circle, or shows other keys than those asked for, would never end or overwrite what is known. */
function requireSense(
  objects: readonly Pick<ListedObject, 'key'>[],
  { prefix, after }: { prefix: Buffer; after: Buffer | null },
): void {
  let before = after;
  for (const { key } of objects) {
    const isBelow = key.subarray(0, prefix.length).equals(prefix);
    const isBehind = !before || Buffer.compare(key, before) > 0;
    if (!isBelow || !isBehind || key.length === 0 || key.length > 4 * maxKeyBytes) throw senseless();
    before = key;
  }
}

function senseless(): CrossvaultError {
  return new CrossvaultError(
    'not_eligible',
    'The server answers a listing of the bucket that makes no sense: its keys are out of order or come again. Nothing more was read.',
    { reason: 'list_makes_no_sense' },
  );
}

export const bare = (etag: string | undefined) => (etag ?? '').replace(/^(?:W\/)?"?(.*?)"?$/, '$1');

/** Keys travel percent-encoded, for XML cannot hold all characters. */
export function decodeKey(key: string, encoding: string | undefined): Buffer {
  if (encoding !== 'url') return Buffer.from(key);
  const bytes: Buffer[] = [];
  for (const [piece] of key.matchAll(/%[0-9A-Fa-f]{2}|\+|[^%+]+|%/g)) {
    if (piece === '+') bytes.push(Buffer.from(' '));
    else if (piece.length === 3 && piece[0] === '%') bytes.push(Buffer.from(piece.slice(1), 'hex'));
    else bytes.push(Buffer.from(piece));
  }
  return Buffer.concat(bytes);
}
