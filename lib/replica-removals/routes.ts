import { type Route, route } from '@/lib/api/route';
import { holdReplicaRemovals } from './hold-replica-removals';
import { listReplicaRemovals } from './list-replica-removals';
import { releaseReplicaRemovals } from './release-replica-removals';
import { ReplicaRemovalList } from './schemas';

const removals = { tag: 'replication', response: ReplicaRemovalList };

export const routes: Route[] = [
  route({
    ...removals,
    method: 'GET',
    path: '/vaults/{vaultId}/removals',
    summary: 'List the replicas of a target vault that are to go because their source points were archived',
    verb: listReplicaRemovals,
  }),
  route({
    ...removals,
    method: 'POST',
    path: '/vaults/{vaultId}/removals/hold',
    summary: 'Keep announced replicas, or all of the vault',
    verb: holdReplicaRemovals,
  }),
  route({
    ...removals,
    method: 'POST',
    path: '/vaults/{vaultId}/removals/release',
    summary: 'End a hold; what has passed its date goes',
    verb: releaseReplicaRemovals,
  }),
];
