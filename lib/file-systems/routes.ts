import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { listFileSystems } from './list-file-systems';
import { FileSystem } from './schemas';

export const routes: Route[] = [
  route({
    tag: 'data sources',
    method: 'GET',
    path: '/file-systems',
    summary: 'List NAS and CPFS file systems that the operator registered for the account',
    verb: listFileSystems,
    response: listOf(FileSystem),
  }),
];
