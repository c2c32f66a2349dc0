export { holdReplicaRemovals } from './hold-replica-removals';
export { listReplicaRemovals } from './list-replica-removals';
export { releaseReplicaRemovals } from './release-replica-removals';
