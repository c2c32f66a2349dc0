import { type Route, route } from '@/lib/api/route';
import { Job } from '@/lib/jobs/schemas';
import { listOf } from '@/lib/schemas';
import { Question } from '@/lib/sources/schemas';
import { checkDestination } from './check-destination';
import { estimateRestore } from './estimate-restore';
import { listRestoreDestinations } from './list-restore-destinations';
import { listRestoreKinds } from './list-restore-kinds';
import { RestoreDestination, RestoreEstimate, RestoreKind } from './schemas';
import { startRestore } from './start-restore';

export const routes: Route[] = [
  route({
    tag: 'restores',
    method: 'GET',
    path: '/restore-kinds',
    summary: 'List kinds of data sources with the vaults that hold points of them',
    verb: listRestoreKinds,
    response: listOf(RestoreKind),
  }),
  route({
    tag: 'restores',
    method: 'GET',
    path: '/vaults/{vaultId}/restore-destinations',
    summary: 'List what can take a restore of one kind from a vault, and why others cannot',
    verb: listRestoreDestinations,
    response: listOf(RestoreDestination),
  }),
  route({
    tag: 'restores',
    method: 'GET',
    path: '/restore-destinations',
    summary: 'List what can take a restore of one kind',
    verb: listRestoreDestinations,
    response: listOf(RestoreDestination),
  }),
  route({
    tag: 'restores',
    method: 'POST',
    path: '/backup-points/{pointId}/destination-checks',
    summary: 'Check whether a restore of a backup point to a destination could begin',
    description: 'Answers a question; read its answer under its id.',
    verb: checkDestination,
    response: Question,
    status: 202,
  }),
  route({
    tag: 'restores',
    method: 'POST',
    path: '/backup-points/{pointId}/restore-estimate',
    summary: 'Count what a selection of a backup point comes to',
    verb: estimateRestore,
    response: RestoreEstimate,
  }),
  route({
    tag: 'restores',
    method: 'POST',
    path: '/jobs/restore',
    summary: 'Start a restore',
    verb: startRestore,
    response: Job,
    status: 201,
  }),
];
