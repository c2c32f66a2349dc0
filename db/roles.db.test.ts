import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSql } from './client';
import { startThrowaway, type ThrowawayCluster } from './embedded/throwaway';
import { migrate } from './migrate';
import { ensureRoles } from './roles';
import { migrationsFolder } from './testing/constants';

// Roles belong to a whole cluster, so these tests have one of their own.
let cluster: ThrowawayCluster;
let superuser: Sql;

beforeAll(async () => {
  cluster = await startThrowaway();
  superuser = connect(cluster.ownerUrl());
});

afterAll(async () => {
  await superuser?.end();
  await cluster?.remove();
});

const connect = (url: string) => createSql(url, { applicationName: 'roles-test', maxConnections: 1 });
const passwords = { app: "it's", engine: 'engine' };

async function ownerOf(database: string, rights: string): Promise<Sql> {
  await superuser.unsafe(`create role ${database}_owner login password 'x' ${rights}`);
  await superuser.unsafe(`create database ${database} owner ${database}_owner`);
  return connect(`postgres://${database}_owner:x@127.0.0.1:${cluster.port}/${database}`);
}

test('an owner that is no superuser can make roles and tables, again and again', async () => {
  const owner = await ownerOf('ordinary', 'createrole bypassrls');
  await ensureRoles(owner, passwords);
  await ensureRoles(owner, passwords);
  expect((await migrate(owner, migrationsFolder)).length).toBeGreaterThan(0);
  await owner.end();

  const app = connect(`postgres://crossvault_app:it's@127.0.0.1:${cluster.port}/ordinary`);
  expect(await app`select id from vaults`).toHaveLength(0);
  await app.end();
});

test('an owner that row-level security would blind is refused', async () => {
  const owner = await ownerOf('blind', 'createrole');
  await expect(ensureRoles(owner, passwords)).rejects.toThrow(
    'must be a superuser, or have CREATEROLE and BYPASSRLS',
  );
  await owner.end();
});

test('a role that could pass the walls is refused', async () => {
  await superuser`alter role crossvault_app bypassrls`;
  await expect(ensureRoles(superuser, passwords)).rejects.toThrow('too many rights: crossvault_app');
  await superuser`alter role crossvault_app nobypassrls`;
});
