/** What the service accepts, as its documentation states it. A request beyond them is refused as a whole. */
export const serviceLimits = {
  rowsPerPage: 5000,
  bytesPerPage: 4 * 1024 * 1024,
  rowsPerBatch: 200,
  bytesPerBatch: 4 * 1024 * 1024,
  keyColumns: 4,
  keyValueBytes: 1024,
  attributeBytes: 2 * 1024 * 1024,
  columnsPerWrite: 1024,
  nameBytes: 255,
} as const;

/** Kept free in a batch for what surrounds the rows. */
export const batchMarginBytes = 64 * 1024;
/** Of one answer: a page and one more row of the largest size, with room to spare. */
export const maxAnswerBytes = 64 * 1024 * 1024;
