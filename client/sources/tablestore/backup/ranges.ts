import { infMax, infMin, type KeyCell, type KeyColumn } from '../model';

/** Keys from `start`, included, to `end`, excluded. */
export interface KeyRange {
  start: KeyCell[];
  end: KeyCell[];
}

/** The whole table in parts that the given keys cut it into. A key that names fewer columns is the lowest that begins so. */
export function planRanges(key: readonly KeyColumn[], points: readonly (readonly KeyCell[])[]): KeyRange[] {
  const whole = (point: readonly KeyCell[], rest: typeof infMin) =>
    key.map(({ name }, i) => ({ ...(point[i] ?? rest), name }));
  const bounds = [whole([], infMin), ...points.map((point) => whole(point, infMin)), whole([], infMax)];
  return bounds.slice(1).map((end, i) => ({ start: bounds[i]!, end }));
}
