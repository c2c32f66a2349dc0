import { CrossvaultError } from '@/lib/errors';

export interface ContentRange {
  start: number;
  length: number;
  isPartial: boolean;
}

/**
 * One range of a file, or the whole of it: for no header, several ranges, or what is no range of bytes.
 * @throws `invalid_input` for a range that lies outside the file.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ContentRange {
  const whole = { start: 0, length: sizeBytes, isPartial: false };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return whole;
  const [, first, last] = match as unknown as [string, string, string];
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (start >= sizeBytes || end <= start) {
    throw new CrossvaultError('invalid_input', 'This range lies outside the file.', {
      reason: 'range_outside',
    });
  }
  return { start, length: end - start, isPartial: true };
}
