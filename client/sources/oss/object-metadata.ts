import { z } from 'zod';
import type { EntryMeta } from '@/lib/engine/core/tree/entry';
import { maxXattrBytes } from '@/lib/engine/core/tree/limits';
import type { ListedObject, OlderVersion } from './listed-object';

/** What an object carries beside its bytes and is given back with. */
export interface ObjectMetadata {
  contentType?: string;
  contentEncoding?: string;
  contentDisposition?: string;
  contentLanguage?: string;
  cacheControl?: string;
  expires?: string;
  /** Where a request for it is sent on a static web site. */
  websiteRedirect?: string;
  userMetadata?: Record<string, string>;
  tags?: Record<string, string>;
}

/** What tells an unchanged object, and what is known of its versions. Not given back. */
export interface ObjectFacts {
  etag: string;
  storageClass?: string;
  versionId?: string;
  olderVersions?: OlderVersion[];
}

type Texts = Exclude<keyof ObjectMetadata, 'userMetadata' | 'tags'>;
/** Names of extended attributes: in the namespace that a file system lets anybody write, for a rescue to files. */
const texts: Record<Texts, string> = {
  contentType: 'user.s3.content-type',
  contentEncoding: 'user.s3.content-encoding',
  contentDisposition: 'user.s3.content-disposition',
  contentLanguage: 'user.s3.content-language',
  cacheControl: 'user.s3.cache-control',
  expires: 'user.s3.expires',
  websiteRedirect: 'user.s3.website-redirect',
};
const names = {
  etag: 'user.s3.etag',
  storageClass: 'user.s3.storage-class',
  userMetadata: 'user.s3.metadata',
  tags: 'user.s3.tags',
  versionId: 'user.s3.version-id',
  olderVersions: 'user.s3.versions',
} as const;

type Xattrs = NonNullable<EntryMeta['xattrs']>;
const Pairs = z.record(z.string(), z.string());
/** Leaves room for everything else. */
const maxVersionBytes = maxXattrBytes / 2;

export function toXattrs(metadata: ObjectMetadata, facts: ObjectFacts): Xattrs {
  const pairs: [string, string][] = [[names.etag, facts.etag]];
  const add = (name: string, value: string | undefined) => {
    if (value) pairs.push([name, value]);
  };
  for (const [field, name] of Object.entries(texts)) add(name, metadata[field as Texts]);
  add(names.userMetadata, encodePairs(metadata.userMetadata));
  add(names.tags, encodePairs(metadata.tags));
  add(names.storageClass, facts.storageClass);
  add(names.versionId, facts.versionId);
  add(names.olderVersions, encodeVersions(facts.olderVersions));
  return pairs
    .map(([name, value]) => ({ name: Buffer.from(name), value: Buffer.from(value) }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
}

/** What was kept of an object. Values that cannot be read are left out. */
export function fromXattrs(xattrs: Xattrs = []): { metadata: ObjectMetadata; facts: ObjectFacts } {
  const found = new Map(
    xattrs.map(({ name, value }) => [Buffer.from(name).toString(), Buffer.from(value).toString()]),
  );
  const metadata: ObjectMetadata = {};
  for (const [field, name] of Object.entries(texts)) {
    const value = found.get(name);
    if (value !== undefined) metadata[field as Texts] = value;
  }
  const userMetadata = decodePairs(found.get(names.userMetadata));
  const tags = decodePairs(found.get(names.tags));
  const storageClass = found.get(names.storageClass);
  const versionId = found.get(names.versionId);
  return {
    metadata: { ...metadata, ...(userMetadata && { userMetadata }), ...(tags && { tags }) },
    facts: {
      etag: found.get(names.etag) ?? '',
      ...(storageClass && { storageClass }),
      ...(versionId && { versionId }),
    },
  };
}

/** The attributes of an unchanged object, with what the new listing says of its class and versions. */
export function withFacts(xattrs: Xattrs | undefined, listed: ListedObject): Xattrs {
  return toXattrs(fromXattrs(xattrs).metadata, listed);
}

function encodePairs(pairs: Record<string, string> | undefined): string | undefined {
  const entries = Object.entries(pairs ?? {});
  if (entries.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function decodePairs(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  try {
    return Pairs.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The newest of them, as many as there is room for, and how many there are. */
function encodeVersions(versions: OlderVersion[] | undefined): string | undefined {
  if (!versions?.length) return undefined;
  let kept = versions.slice(0, 1000);
  const encode = () => JSON.stringify({ count: versions.length, versions: kept });
  while (encode().length > maxVersionBytes) kept = kept.slice(0, kept.length >> 1);
  return encode();
}
