const gib = 2 ** 30;

/** Bytes of a number of GiB as typed; nothing typed is none, what is no number is null. */
export function readGib(typed: string): number | null {
  const text = typed.trim().replace(',', '.');
  if (text === '') return 0;
  if (!/^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return null;
  return Math.round(Number(text) * gib);
}

/** Three digits that count, so that a small vault is not shown as nothing. */
export function writeGib(bytes: number): string {
  return bytes === 0 ? '0' : String(Number((bytes / gib).toPrecision(3)).toFixed(9)).replace(/\.?0+$/, '');
}
