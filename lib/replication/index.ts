export { foreseePausing, pauseReplications } from './access-loss';
export { evaluateTarget } from './evaluate-target';
export { listReplicationTargets } from './list-replication-targets';
export {
  getReplication,
  listReplicationPoints,
  listReplicationSamples,
  listReplications,
} from './list-replications';
export { beginReplication, startReplication } from './start-replication';
export { stopReplication } from './stop-replication';
export { lagSeconds, toReplication } from './to-replication';
