export { checkProject, unknownProject } from './check-project';
export { type FoundProject, findProject } from './internal';
export { listProjects } from './list-projects';
