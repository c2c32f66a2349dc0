import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { listDataSources } from './list-data-sources';
import { DataSource } from './schemas';

export const routes: Route[] = [
  route({
    tag: 'data sources',
    method: 'GET',
    path: '/data-sources',
    summary: 'List data sources with their newest backup point',
    verb: listDataSources,
    response: listOf(DataSource),
  }),
];
