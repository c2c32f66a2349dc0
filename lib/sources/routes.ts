import { type Route, route } from '@/lib/api/route';
import { listOf } from '@/lib/schemas';
import { askDestination, browseSource, checkSource } from './ask';
import { getQuestion } from './get-question';
import { getDataSource, listDataSources } from './list-data-sources';
import { registerSource } from './register-source';
import { removeSource } from './remove-source';
import { DataSource, Question, RemovedSource } from './schemas';
import { updateSource } from './update-source';

const sources = { tag: 'data sources', response: DataSource };
const questions = { tag: 'data sources', response: Question, method: 'POST', status: 202 } as const;

export const routes: Route[] = [
  route({
    ...sources,
    method: 'GET',
    path: '/data-sources',
    summary: 'List data sources with their newest backup point',
    verb: listDataSources,
    response: listOf(DataSource),
  }),
  route({
    ...sources,
    method: 'GET',
    path: '/data-sources/{id}',
    summary: 'Get a data source',
    verb: getDataSource,
  }),
  route({
    ...sources,
    method: 'POST',
    path: '/data-sources',
    summary: 'Register a data source',
    description: 'Its secret is sealed for the engine and in no answer. Its client looks at it at once.',
    verb: registerSource,
    status: 201,
  }),
  route({
    ...sources,
    method: 'PATCH',
    path: '/data-sources/{id}',
    summary: 'Rename a data source or change how it is reached',
    verb: updateSource,
  }),
  route({
    ...sources,
    method: 'POST',
    path: '/data-sources/{id}/remove',
    summary: 'Remove a data source',
    description: 'Its open jobs end and policies forget it. Its backup points stay.',
    verb: removeSource,
    response: RemovedSource,
  }),
  route({
    ...questions,
    path: '/data-source-checks',
    summary: 'Check whether a data source can be reached',
    description: 'Answers a question; read its answer under its id.',
    verb: checkSource,
  }),
  route({
    ...questions,
    path: '/data-source-listings',
    summary: 'List what a data source holds below a path',
    verb: browseSource,
  }),
  route({
    ...questions,
    path: '/destination-checks',
    summary: 'Check whether a restore to a data source could begin',
    verb: askDestination,
  }),
  route({
    tag: 'data sources',
    method: 'GET',
    path: '/data-source-questions/{id}',
    summary: 'Get the answer to a question',
    verb: getQuestion,
    response: Question,
  }),
];
