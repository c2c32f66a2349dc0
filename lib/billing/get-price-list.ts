import { z } from 'zod';
import { readEnv } from '@/lib/env';
import { readVerb } from '@/lib/verb';
import type { PriceList } from './price-list';
import { readPriceList } from './read-price-list';

let read: { file: string | null; list: PriceList } | null = null;

/** The list in force; the file is read once per process. */
export function currentPriceList(): PriceList {
  const { priceListFile: file } = readEnv();
  if (read?.file !== file || read === null) read = { file, list: readPriceList(file) };
  return read.list;
}

export const getPriceList = readVerb({
  action: 'billing.get_price_list',
  permission: 'account.read',
  input: z.object({}),
  run: async () => currentPriceList(),
});
