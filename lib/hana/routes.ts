import { type Route, route } from '@/lib/api/route';
import { getHanaInstance } from './get-hana-instance';
import { HanaInstance } from './schemas';

export const routes: Route[] = [
  route({
    tag: 'data sources',
    method: 'GET',
    path: '/data-sources/{sourceId}/hana',
    summary: 'Show the databases of an SAP HANA instance: their newest backups, and gaps in their logs',
    verb: getHanaInstance,
    response: HanaInstance,
  }),
];
