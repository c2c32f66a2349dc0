import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startThrowaway } from '../embedded/throwaway';
import { migrate } from '../migrate';
import { ensureRoles } from '../roles';
import { migrationsFolder, templateName, testPasswords } from './constants';

declare module 'vitest' {
  interface ProvidedContext {
    postgresPort: number;
    ownerPassword: string;
  }
}

/** One PostgreSQL per test run, with one migrated database from which every suite gets its own copy. */
export default async function setup(project: TestProject) {
  const cluster = await startThrowaway();
  try {
    await prepareTemplate(cluster.ownerUrl.bind(cluster));
  } catch (error) {
    await cluster.remove();
    throw error;
  }
  project.provide('postgresPort', cluster.port);
  project.provide('ownerPassword', cluster.ownerPassword);
  return () => cluster.remove();
}

async function prepareTemplate(ownerUrl: (database?: string) => string): Promise<void> {
  const main = postgres(ownerUrl(), { max: 1, onnotice: () => {} });
  await ensureRoles(main, testPasswords);
  await main.unsafe(`create database ${templateName}`);
  await main.end();
  const template = postgres(ownerUrl(templateName), { max: 1, onnotice: () => {} });
  await migrate(template, migrationsFolder);
  await template.end();
}
