/** Tags of the service's row format ("PlainBuffer"). All numbers in it are little-endian. */
export const header = 0x75;
export const tags = {
  key: 0x01,
  data: 0x02,
  cell: 0x03,
  cellName: 0x04,
  cellValue: 0x05,
  cellOperation: 0x06,
  cellTimestamp: 0x07,
  deleteRow: 0x08,
  rowChecksum: 0x09,
  cellChecksum: 0x0a,
} as const;
