export { foreseePausing, pauseReplications } from './access-loss';
export { evaluateTarget } from './evaluate-target';
export { listReplicationTargets } from './list-replication-targets';
export {
  getReplication,
  getStopPlan,
  listReplicationPoints,
  listReplicationSamples,
  listReplications,
} from './list-replications';
export { measureGrowth } from './measure-growth';
export { reportUnheard } from './report-unheard';
export { setRecoveryObjective } from './set-recovery-objective';
export { beginReplication, startReplication } from './start-replication';
export { stopReplication } from './stop-replication';
export { lagSeconds, toReplication } from './to-replication';
