import { type Route, route } from '@/lib/api/route';
import { getPriceList } from './get-price-list';
import { PriceList } from './price-list';

const tag = 'billing';

export const routes: Route[] = [
  route({
    tag,
    method: 'GET',
    path: '/price-list',
    summary: 'Read the price list in force',
    description: 'Prices are whole millionths of the unit of the currency. A month is 30 days.',
    verb: getPriceList,
    response: PriceList,
  }),
];
