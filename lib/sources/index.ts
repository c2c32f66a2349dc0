export { listDataSources } from './list-data-sources';
