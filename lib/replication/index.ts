export { evaluateTarget } from './evaluate-target';
export { toReplication } from './to-replication';
