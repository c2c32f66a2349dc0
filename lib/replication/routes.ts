import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { listReplicationTargets } from './list-replication-targets';
import {
  getReplication,
  getStopPlan,
  listReplicationPoints,
  listReplicationSamples,
  listReplications,
} from './list-replications';
import { measureGrowth } from './measure-growth';
import {
  Replication,
  ReplicationPoint,
  ReplicationSamples,
  ReplicationTarget,
  StopPlan,
  VaultGrowth,
} from './schemas';
import { setRecoveryObjective } from './set-recovery-objective';
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
    summary: 'List copied bytes and lag over a range, as coarse as a plot of it shows',
    verb: listReplicationSamples,
    response: ReplicationSamples,
  }),
  route({
    ...replications,
    method: 'GET',
    path: '/replications/{id}/stop-plan',
    summary: 'Get what stopping it would leave, and what would not arrive',
    verb: getStopPlan,
    response: StopPlan,
  }),
  route({
    ...replications,
    method: 'PATCH',
    path: '/replications/{id}/objective',
    summary: 'Set the recovery point objective',
    description:
      'The destination sets it. Both sides are told when it is missed, when it is met again, and of silence.',
    verb: setRecoveryObjective,
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
  route({
    tag: 'replications',
    method: 'GET',
    path: '/vault-growth',
    summary: 'Measure stored size and daily growth',
    description: 'Of one vault, or of every target of the account that holds a replica.',
    verb: measureGrowth,
    response: listOf(VaultGrowth),
  }),
];
