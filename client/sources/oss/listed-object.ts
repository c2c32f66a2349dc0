/** An object as a listing shows it. */
export interface ListedObject {
  /** UTF-8. */
  key: Buffer;
  sizeBytes: number;
  /** Without quotes. */
  etag: string;
  modifiedAtMs: number;
  storageClass?: string;
  /** Set where versions are listed. */
  versionId?: string;
  /** Of the same key, newest first; only where versions are listed. */
  olderVersions?: OlderVersion[];
}

export interface OlderVersion {
  versionId: string;
  modifiedAt: string;
  /** Absent for a marker that says the object was deleted. */
  sizeBytes?: number;
  etag?: string;
}

export interface ListingPage {
  /** In ascending byte order of their keys, all below the prefix and after `after`. */
  objects: ListedObject[];
  /** Every key up to here is in this page; null when none follow. */
  next: Buffer | null;
}

/** One page of a bucket's listing: keys that begin with `prefix` and come after `after`, in byte order. */
export type ListPage = (request: { prefix: Buffer; after: Buffer | null }) => Promise<ListingPage>;
