/** A half-open range of an object. A range that ends past the object is an error, not a short read. */
export interface ByteRange {
  offset: number;
  length: number;
}

export interface StoredObject {
  name: string;
  sizeBytes: number;
}

export interface ObjectStat extends StoredObject {
  modifiedAt: Date;
}

export interface ObjectPage {
  objects: StoredObject[];
  /** Pass as `after` to get the next page; null at the end. */
  next: string | null;
}

/**
 * A place that keeps immutable objects: a folder, an S3 bucket, or several of them as zones. Names are `/`-separated segments of
 * `[A-Za-z0-9._-]`, no segment starts with a dot; another name is refused with `invalid_input`.
 *
 * Errors: `not_found` (get), `storage_unavailable` (the store did not do it or may not have done it; every operation may
 * be repeated), `corrupt_data` (the object is shorter than the range asked for). Wrappers add retry, throttle, zones.
 */
export interface ObjectStore {
  /**
   * Writes an object that is not there yet. Atomic: a reader sees all bytes or none. When it resolves, with either
   * answer, the object survives a power cut. `exists` leaves the stored bytes untouched and does not compare them.
   * After a rejection the object may or may not exist; repeating is safe. A failed sync is final for the file
   * written: a repetition writes a new one.
   * @param bytes parts are written one after the other; the caller must not change them before it settles.
   */
  putIfAbsent(name: string, bytes: Uint8Array | readonly Uint8Array[]): Promise<'created' | 'exists'>;

  /**
   * Reads a whole object, or exactly `range.length` bytes of it. The bytes belong to the caller.
   * @param into memory of `range.length` bytes that the store may read into and answer, which spares fresh memory; it is
   *   the caller's again when the call settles. A store may answer other memory and leave it alone.
   */
  get(name: string, range?: ByteRange, into?: Uint8Array): Promise<Uint8Array>;

  /**
   * Lists names that start with `prefix`, in ascending byte order, those after `after` only. Objects that appear or
   * vanish while paging may be missed or shown; all others are listed exactly once. Unfinished writes never show.
   */
  list(prefix: string, options?: { after?: string; limit?: number }): Promise<ObjectPage>;

  /** Final and repeatable: deleting what is not there is fine. When it resolves the object stays gone after a power cut. */
  delete(name: string): Promise<void>;

  /** Like `delete` for each; a store without it has nothing quicker than one after the other. */
  deleteMany?(names: readonly string[]): Promise<void>;

  /** Null when the object is not there. */
  stat(name: string): Promise<ObjectStat | null>;

  /**
   * Removes what puts of dead processes left unfinished and nobody has touched since `before`; where a put leaves
   * nothing behind there is no such method. @returns how many.
   */
  sweepUnfinished?(before: Date): Promise<number>;

  /**
   * The bytes that were read of this object are wrong: looks at every copy there is and replaces bad ones by a good one.
   * A store with one copy of everything has no such method.
   * @param isGood tells a good copy where its name does not; packs are named by their hash.
   * @returns whether reading again may help.
   */
  mend?(name: string, isGood?: (bytes: Uint8Array) => boolean): Promise<boolean>;
}
