/** Real bytes to back up, and a second version of them. */
export interface Dataset {
  name: string;
  /** Makes the first version in a new folder. @param cache keeps what takes long to make for the next time */
  create(folder: string, cache: string): Promise<void>;
  /** Turns it into the second version in place, touching only what differs. The same files change every time. */
  change(folder: string): Promise<void>;
  /** Then into a third, in which as much has changed, but all over it. */
  scatter?(folder: string): Promise<void>;
}
