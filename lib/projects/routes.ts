import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { checkProject } from './check-project';
import { listProjects } from './list-projects';
import { CheckedProject, Project } from './schemas';

const tag = 'projects';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/projects',
    tag,
    summary: 'List the project ids of the account, one a region',
    verb: listProjects,
    response: listOf(Project),
  }),
  route({
    method: 'GET',
    path: '/projects/{id}',
    tag,
    summary: 'Tell whose project an id names',
    description:
      'For whoever holds the whole id. An id that names nothing is refused with `unknown_project`.',
    verb: checkProject,
    response: CheckedProject,
  }),
];
