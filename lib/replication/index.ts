export { toReplication } from './to-replication';
