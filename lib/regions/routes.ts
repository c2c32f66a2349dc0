import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { listRegions } from './list-regions';
import { Region } from './schemas';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/regions',
    tag: 'regions',
    summary: 'List regions',
    verb: listRegions,
    response: listOf(Region),
  }),
];
