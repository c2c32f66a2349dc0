import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { knownRegions } from '@/lib/regions';
import { defaultPriceList } from './default-price-list';
import { type PriceList, parsePriceList } from './price-list';

/**
 * The operator's price list: the file that CROSSVAULT_PRICE_LIST_FILE names, or the built-in one.
 * @throws with the file's name and every value that cannot be used.
 */
export function readPriceList(file: string | null): PriceList {
  if (file === null) return defaultPriceList;
  const refuse = (why: string, cause?: unknown) =>
    new Error(`The price list ${file} (CROSSVAULT_PRICE_LIST_FILE) is not usable. ${why}`, { cause });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw refuse('It cannot be read.', cause);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse(`It is not JSON: ${(cause as Error).message}`, cause);
  }
  try {
    return parsePriceList(
      json,
      knownRegions().map(({ id }) => id),
    );
  } catch (cause) {
    throw cause instanceof z.ZodError ? refuse(z.prettifyError(cause), cause) : cause;
  }
}
