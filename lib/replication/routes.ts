import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { listReplicationTargets } from './list-replication-targets';
import {
  getReplication,
  listReplicationPoints,
  listReplicationSamples,
  listReplications,
} from './list-replications';
import { Replication, ReplicationPoint, ReplicationSample, ReplicationTarget } from './schemas';
import { startReplication } from './start-replication';
import { stopReplication } from './stop-replication';

const replications = { tag: 'replications', response: Replication };

export const routes: Route[] = [
  route({
    ...replications,
    method: 'GET',
    path: '/replications',
    summary: 'List replications out of the account and into it',
    verb: listReplications,
    response: listOf(Replication),
  }),
  route({
    ...replications,
    method: 'GET',
    path: '/replications/{id}',
    summary: 'Get a replication with its progress',
    verb: getReplication,
  }),
  route({
    ...replications,
    method: 'GET',
    path: '/replications/{id}/points',
    summary: 'List what became of the source points',
    verb: listReplicationPoints,
    response: listOf(ReplicationPoint),
  }),
  route({
    ...replications,
    method: 'GET',
    path: '/replications/{id}/samples',
    summary: 'List copied bytes and lag of the last 24 hours',
    verb: listReplicationSamples,
    response: listOf(ReplicationSample),
  }),
  route({
    ...replications,
    method: 'GET',
    path: '/vaults/{sourceVaultId}/replication-targets',
    summary: 'List vaults that could be the target, and why others cannot',
    verb: listReplicationTargets,
    response: listOf(ReplicationTarget),
  }),
  route({
    ...replications,
    method: 'POST',
    path: '/replications',
    summary: 'Start a replication',
    verb: startReplication,
    status: 201,
  }),
  route({
    ...replications,
    method: 'POST',
    path: '/replications/{id}/stop',
    summary: 'Stop a replication for good',
    description: 'It cannot be resumed, and its target takes no other one. What has been copied stays.',
    verb: stopReplication,
  }),
];
