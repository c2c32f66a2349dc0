import { expect } from '@playwright/test';
import { readEnv } from '@/lib/env';
import { addFileSystem } from '@/lib/file-systems';
import type { Job } from '@/lib/jobs/schemas';
import { loadRegions } from '@/lib/regions';
import type { DataSource } from '@/lib/sources/schemas';
import type { Api } from './api';
import { asDatabaseOwner } from './database';
import type { Host } from './host';
import { installation } from './installation';

/** Data sources and their backups by the API, for specs that are about what comes after. */

interface NewHost {
  name: string;
  placement: 'server' | 'ecs';
  region: string;
}

/** Enrols a host and starts its daemon; the id of its client. */
export async function enrolHost(api: Api, host: Host, { name, ...place }: NewHost): Promise<string> {
  const { command } = await api.post<{ command: string }>('/enrolment-tokens', place);
  await host.crossvault(...command.split(' ').slice(1), '--name', name);
  host.startDaemon();
  const find = async () =>
    (await api.list<{ id: string; name: string; status: string }>('/clients')).find(
      (one) => one.name === name,
    );
  await expect.poll(async () => (await find())?.status, { timeout: 30_000 }).toBe('online');
  return (await find())!.id;
}

export function registerSource(api: Api, given: object): Promise<DataSource> {
  return api.post<DataSource>('/data-sources', given);
}

/** As the operator does, and then the account. */
export async function registerFileSystem(
  api: Api,
  given: { accountId: string; region: string; kind: 'nas' | 'cpfs'; name: string; mountPath: string },
): Promise<DataSource> {
  loadRegions(readEnv({ CROSSVAULT_DATA_DIR: installation().dataDir }));
  const { id } = await asDatabaseOwner((db) => addFileSystem(db, given));
  const { kind, region, name } = given;
  return registerSource(api, { region, name, config: { kind, fileSystemId: id } });
}

export async function startBackup(api: Api, given: object): Promise<string> {
  return (await api.post<Job>('/jobs/backup', { retentionDays: 7, excludes: [], ...given })).id;
}

export async function expectComplete(api: Api, jobId: string): Promise<Job> {
  const state = async () => {
    const { status, error } = await api.get<Job>(`/jobs/${jobId}`);
    return error ? `${status}: ${error.message}` : status;
  };
  await expect.poll(state, { timeout: 60_000, intervals: [300] }).toMatch(/complete|failed|partial/);
  expect(await state()).toBe('complete');
  return api.get<Job>(`/jobs/${jobId}`);
}
