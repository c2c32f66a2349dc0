import { z } from 'zod';
import { readVerb } from '@/lib/verb';
import { loadCurrentPriceList } from './record-price-list';

export const getPriceList = readVerb({
  action: 'billing.get_price_list',
  permission: 'account.read',
  input: z.object({}),
  run: ({ tx }) => loadCurrentPriceList(tx),
});
