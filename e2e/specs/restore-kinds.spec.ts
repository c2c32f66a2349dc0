import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { SdkSource } from '@/client/sources/tablestore/sdk-source';
import { plainRows, readAll, schemaOf, writeAll } from '@/client/sources/tablestore/testing/sample-tables';
import { TablestoreDouble } from '@/client/sources/tablestore/testing/tablestore-double';
import { bundleAgent, HanaDouble } from '@/client/testing/hana-double';
import type { BackupPoint } from '@/lib/backup-points/schemas';
import type { Job } from '@/lib/jobs/schemas';
import type { Replication } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';
import { makeAccount, openConsoleAs } from '../harness/accounts';
import { Api } from '../harness/api';
import { type Console, goTo } from '../harness/console';
import { Host } from '../harness/host';
import { ImageMount } from '../harness/mounts';
import { ObjectServer } from '../harness/object-server';
import { expectCaughtUp, makeVault, shareVault } from '../harness/pair';
import {
  enrolHost,
  expectComplete,
  registerFileSystem,
  registerSource,
  startBackup,
} from '../harness/sources';

/**
 * Eight kinds of data source that one account backed up are restored by another one from its replication target vault, each
 * through the wizard with its own steps, and compared.
 */
test.describe.configure({ mode: 'serial' });

const region = 'eu-west-1';
const mark = randomBytes(4).toString('hex');
const text = `restored ${mark}`;
const canMount = process.getuid?.() === 0 && existsSync('/sbin/mkfs.ext4');
const hosts = { server: new Host(), ecs: new Host(), toServer: new Host(), toEcs: new Host() };
const mounts: ImageMount[] = [];
const instances: { double: TablestoreDouble; source: SdkSource }[] = [];
let objects: ObjectServer | null = null;
let from: Console;
let to: Console;
let api: Api;
let target: Vault;
let hana: HanaDouble;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000);
  if (ObjectServer.missing === null) objects = await ObjectServer.start();
  from = await openConsoleAs(browser, await makeAccount(`Kinds Origin ${mark}`));
  to = await openConsoleAs(browser, await makeAccount(`Kinds Rescue ${mark}`));
  const [source, rescue] = [new Api(from.page), new Api(to.page)];
  api = rescue;
  const vault = await makeVault(source, { kind: 'standard', name: 'kinds-source', region });
  target = await makeVault(rescue, { kind: 'replication_target', name: 'kinds-target', region });
  const { accountId } = from.signIn;
  await shareVault(source, rescue, { vaultId: target.id, name: 'kinds-share', accountId });
  await prepareOrigin(source, vault.id);
  const replication = await source.post<Replication>('/replications', {
    sourceVaultId: vault.id,
    targetVaultId: target.id,
  });
  await prepareRescue(rescue);
  await expectCaughtUp(source, replication.id);
});

test.afterAll(async () => {
  for (const host of Object.values(hosts)) await host.dispose();
  for (const { source, double } of instances) {
    source.close();
    await double.stop();
  }
  for (const mount of mounts) await mount.dispose();
  await objects?.stop();
});

function fill(folder: string): void {
  mkdirSync(join(folder, 'docs'), { recursive: true });
  for (const name of ['a.txt', 'docs/b.txt']) writeFileSync(join(folder, name), `${text} ${name}`);
}

async function startInstance(name: string) {
  const double = await TablestoreDouble.start(name);
  const source = await SdkSource.open(double.address);
  instances.push({ double, source });
  return { double, source };
}

async function registerInstance(account: Api, name: string) {
  const { double } = await startInstance(name);
  const { endpoint, instance, accessKeyId, accessKeySecret } = double.address;
  return registerSource(account, {
    region,
    config: { kind: 'tablestore', endpoint, instance },
    secret: { accessKeyId, accessKeySecret },
  });
}

/** Every kind backed up into one vault. */
async function prepareOrigin(account: Api, vaultId: string): Promise<void> {
  const { server, ecs } = hosts;
  fill(server.data);
  fill(ecs.data);
  const clientId = await enrolHost(account, server, { name: 'kinds-server', placement: 'server', region });
  const ecsId = await enrolHost(account, ecs, { name: 'kinds-ecs', placement: 'ecs', region });
  const jobs = [
    await startBackup(account, { clientId, vaultId, paths: [server.data] }),
    await startBackup(account, { clientId: ecsId, vaultId, paths: [ecs.data] }),
  ];
  if (canMount) {
    for (const kind of ['nas', 'cpfs', 'common_nas'] as const) {
      const mount = await ImageMount.make();
      mounts.push(mount);
      fill(mount.path);
      const { accountId } = from.signIn;
      const { id } =
        kind === 'common_nas'
          ? await registerSource(account, { clientId, config: { kind, mountPath: mount.path } })
          : await registerFileSystem(account, {
              accountId,
              region,
              kind,
              name: `origin ${kind}`,
              mountPath: mount.path,
            });
      jobs.push(await startBackup(account, { sourceId: id, vaultId, paths: ['/docs', '/a.txt'] }));
    }
  }
  if (objects) {
    const bucket = await objects.bucket('kinds-origin');
    await bucket.put('a.txt', text, { ContentType: 'text/plain', Metadata: { owner: 'finance' } });
    await bucket.put('photos/ü 1%2.jpg', randomBytes(9_000), { Tagging: 'team=red' });
    await bucket.put('photos/', '');
    const { id } = await registerSource(account, { region, ...bucket.source });
    jobs.push(await startBackup(account, { sourceId: id, vaultId, paths: ['/'] }));
  }
  const tables = await registerInstance(account, 'kinds-origin');
  const { source } = instances.at(-1)!;
  const schema = schemaOf([{ name: 'id', type: 'integer', isAutoIncrement: false }]);
  await source.createTable('orders', schema, new AbortController().signal);
  await writeAll(source, 'orders', plainRows(50, BigInt(Date.now() - 86_400_000)));
  jobs.push(await startBackup(account, { sourceId: tables.id, vaultId, paths: ['/'] }));
  await backUpHana(account, clientId, vaultId);
  for (const id of jobs) await expectComplete(account, id);
}

/** HANA starts its backups itself. */
async function backUpHana(account: Api, clientId: string, vaultId: string): Promise<void> {
  const agent = await bundleAgent(hosts.server.folder);
  const { id } = await registerSource(account, {
    clientId,
    config: { kind: 'hana', sid: 'HXE', instanceNumber: '00', databases: ['HXE'] },
  });
  hana = await HanaDouble.make(agent, join(hosts.server.folder, 'hana'), 'HXE@HXE', {
    instance: id,
    vault: vaultId,
    client_dir: join(hosts.server.folder, 'client'),
  });
  const volumes = { full_databackup_0_1: randomBytes(40_000), full_databackup_2_1: randomBytes(200_000) };
  const { code, errors } = await hana.backup({ backupId: '1700000000100', volumes });
  expect(errors).toBe('');
  expect(code).toBe(0);
}

async function prepareRescue(account: Api): Promise<void> {
  const clientId = await enrolHost(account, hosts.toServer, {
    name: 'rescue-server',
    placement: 'server',
    region,
  });
  await enrolHost(account, hosts.toEcs, { name: 'rescue-ecs', placement: 'ecs', region });
  if (canMount) {
    for (const kind of ['nas', 'cpfs', 'common_nas'] as const) {
      const mount = await ImageMount.make();
      mounts.push(mount);
      const { accountId } = to.signIn;
      if (kind === 'common_nas')
        await registerSource(account, {
          clientId,
          name: 'rescue common_nas',
          config: { kind, mountPath: mount.path },
        });
      else
        await registerFileSystem(account, {
          accountId,
          region,
          kind,
          name: `rescue ${kind}`,
          mountPath: mount.path,
        });
    }
  }
  if (objects) await registerSource(account, { region, ...(await objects.bucket('kinds-rescue')).source });
  await registerInstance(account, 'kinds-rescue');
  const agent = join(hosts.toServer.folder, 'client', 'hana');
  mkdirSync(agent, { recursive: true });
  writeFileSync(join(agent, 'QAS.utl'), `instance = QAS\nvault = ${target.id}\n`);
  await registerSource(account, {
    clientId,
    config: { kind: 'hana', sid: 'QAS', instanceNumber: '00', databases: [] },
  });
}

interface Way {
  /** As its card is called. */
  kind: RegExp;
  /** As its destination is called. */
  place: RegExp;
  fields?: (wizard: Locator) => Promise<void>;
  options?: (wizard: Locator) => Promise<void>;
}

/** From the kind of data source to the report of the restore. */
async function restore({ kind, place, fields, options }: Way): Promise<Job> {
  const { page } = to;
  await goTo(page, 'Restore');
  const wizard = page.getByRole('region', { name: 'Restore', exact: true });
  const next = wizard.getByRole('button', { name: 'Next' });
  await wizard.getByRole('radio', { name: kind }).click();
  await expect(wizard.getByRole('region', { name: 'Prepare the destination' })).toContainText('Ready:');
  await next.click();
  await wizard.getByRole('radio', { name: /^kinds-target/ }).click();
  await next.click();
  await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  await next.click();
  await wizard.getByRole('radio', { name: /^Everything/ }).click();
  await next.click();
  await wizard.getByRole('radiogroup', { name: 'Destination' }).getByRole('radio', { name: place }).click();
  await fields?.(wizard);
  await wizard.getByRole('button', { name: 'Check destination' }).click();
  await expect(wizard.getByRole('region', { name: 'Readiness' }).getByRole('status')).not.toContainText(
    /Checking|Not checked|cannot|did not/,
    { timeout: 30_000 },
  );
  await next.click();
  await options?.(wizard);
  await next.click();
  await expect(wizard.getByRole('heading', { name: 'Review' })).toBeVisible();
  await wizard.getByRole('button', { name: 'Start restore' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Restore to / })).toBeVisible();
  return expectComplete(api, new URL(page.url()).pathname.split('/').at(-1) ?? '');
}

const targetPath = (path: string) => async (wizard: Locator) =>
  wizard.getByRole('textbox', { name: 'Target path' }).fill(path);
const folder = (path: string) => async (wizard: Locator) =>
  wizard.getByRole('textbox', { name: 'Folder' }).fill(path);

function expectFiles(at: string): void {
  for (const name of ['a.txt', 'docs/b.txt'])
    expect(readFileSync(join(at, name), 'utf8')).toBe(`${text} ${name}`);
}

test('VMware and kinds without a backup are listed with the reason, and refused by the API', async () => {
  const { page } = to;
  await goTo(page, 'Restore');
  const wizard = page.getByRole('region', { name: 'Restore', exact: true });
  await expect(wizard.getByRole('radio', { name: /^VMware/ })).toBeDisabled();
  await expect(wizard.getByText(/^VMware virtual machines cannot be restored/)).toBeVisible();
  await expect(wizard.getByRole('radio', { name: /^Container images/ })).toBeDisabled();
  const refused = await page.request.get('/api/v1/restore-destinations?kind=vmware');
  expect(refused.status()).toBe(422);
  expect(await refused.json()).toMatchObject({ error: { reason: 'vmware_not_restorable' } });
});

test('local files: to a server, with a dry run that says what is there already', async () => {
  const at = join(hosts.toServer.folder, 'back');
  const there = join(at, hosts.server.data);
  mkdirSync(there, { recursive: true });
  writeFileSync(join(there, 'a.txt'), 'mine');
  const { page } = to;
  await page.goto(`/${region}/restore?kind=local_file&vault=${target.id}`);
  const wizard = page.getByRole('region', { name: 'Restore', exact: true });
  const next = wizard.getByRole('button', { name: 'Next' });
  await wizard.getByRole('radiogroup', { name: 'Backup point' }).getByRole('radio').first().click();
  await next.click();
  await findInTree(wizard);
  await next.click();
  await expect(wizard.getByRole('radio', { name: /^rescue-ecs/ })).toBeDisabled();
  await wizard.getByRole('radio', { name: /^rescue-server/ }).click();
  await targetPath(at)(wizard);
  await next.click();
  await wizard.getByRole('radio', { name: /^Skip/ }).click();
  await next.click();
  await page.reload();
  await wizard.getByRole('button', { name: 'Run dry run' }).click();
  const panel = wizard.locator('section', { has: page.getByRole('heading', { name: 'Dry run' }) });
  await expect(panel).toContainText('Left as they are');
  await panel.getByText('What is there already').click();
  await expect(panel).toContainText('a.txt');
  expect(existsSync(join(there, 'docs'))).toBe(false);
  await wizard.getByRole('button', { name: 'Start restore' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Restore to ${at}` })).toBeVisible();
  await expectComplete(api, new URL(page.url()).pathname.split('/').at(-1) ?? '');
  expect(readFileSync(join(there, 'a.txt'), 'utf8')).toBe('mine');
  expect(readFileSync(join(there, 'docs/b.txt'), 'utf8')).toBe(`${text} docs/b.txt`);
});

/** All but one file, which is found by a part of its name. */
async function findInTree(wizard: Locator): Promise<void> {
  await wizard.getByRole('radio', { name: /^All but what I choose/ }).click();
  await wizard.getByRole('searchbox', { name: 'Find in this backup point' }).fill('nothing-so');
  await expect(wizard.getByRole('tree')).toContainText('Nothing in this backup point is called so');
  await wizard.getByRole('searchbox', { name: 'Find in this backup point' }).fill('B.TXT');
  await expect(wizard.getByRole('treeitem')).toHaveCount(1);
  await expect(wizard.getByRole('treeitem')).toContainText('docs/b.txt');
  await wizard.getByRole('radio', { name: /^Everything/ }).click();
}

test('ECS files: to an ECS instance in the region of the vault', async () => {
  const at = join(hosts.toEcs.folder, 'back');
  await restore({ kind: /^ECS files/, place: /^rescue-ecs/, fields: targetPath(at) });
  expectFiles(join(at, hosts.ecs.data));
});

test('NAS, CPFS and on-premises NAS: to mounted file systems that are registered', async () => {
  test.skip(!canMount, 'Only root may mount file systems.');
  const [nas, cpfs, common] = mounts.slice(3).map(({ path }) => path);
  await restore({ kind: /^File Storage NAS/, place: /^rescue nas/, fields: folder('/back') });
  expectFiles(join(nas!, 'back'));
  await restore({ kind: /^CPFS/, place: /^rescue cpfs/, fields: folder('/back') });
  expectFiles(join(cpfs!, 'back'));
  const at = join(common!, 'back');
  await restore({ kind: /^On-premises NAS/, place: /^rescue common_nas/, fields: targetPath(at) });
  expectFiles(at);
});

test('OSS: to another bucket below a prefix, with keys, metadata and tags as they were', async () => {
  test.skip(!objects, `No S3 server to restore to: ${ObjectServer.missing}.`);
  const job = await restore({
    kind: /^OSS/,
    place: /^kinds-rescue/,
    fields: (wizard) => wizard.getByRole('textbox', { name: 'Prefix' }).fill('back/'),
  });
  expect(job.destination).toMatchObject({ kind: 'oss', prefix: 'back/' });
  const before = await objects!.snapshot('kinds-origin');
  expect(Object.keys(before)).toHaveLength(3);
  expect(await objects!.snapshot('kinds-rescue', 'back/')).toEqual(before);
});

test('Tablestore: to another table of another instance, with the batch channels that were chosen', async () => {
  const job = await restore({
    kind: /^Tablestore/,
    place: /^kinds-rescue/,
    fields: async (wizard) => {
      await wizard.getByRole('radio', { name: /^Other tables/ }).click();
      await wizard.getByRole('textbox', { name: 'orders' }).fill('orders_back');
    },
    options: (wizard) => wizard.getByRole('spinbutton', { name: 'Batch channels' }).fill('2'),
  });
  expect(job.destination).toMatchObject({
    tables: [{ from: 'orders', to: 'orders_back' }],
    batchChannels: 2,
  });
  const [origin, rescue] = instances.map(({ source }) => source);
  expect(await readAll(rescue!, 'orders_back')).toEqual(await readAll(origin!, 'orders'));
});

test('SAP HANA: to another instance, by a recovery mode', async () => {
  const job = await restore({
    kind: /^SAP HANA/,
    place: /^QAS/,
    fields: (wizard) => wizard.getByRole('checkbox', { name: 'System copy' }).click(),
    options: (wizard) => wizard.getByRole('radio', { name: /^To a specific backup/ }).click(),
  });
  expect(job.destination).toMatchObject({ kind: 'hana', mode: 'specific_backup', isSystemCopy: true });
  await expect(to.page.getByText(/RECOVER DATA/).first()).toBeVisible();
});

test('the list of restores tells the kinds apart, and neither console complained', async () => {
  const { page } = to;
  await goTo(page, 'Restore jobs');
  const table = page.getByRole('table', { name: 'Restore jobs' });
  for (const word of ['Server files', 'ECS files', 'Tablestore tables', 'SAP HANA databases', 'Dry run'])
    await expect(table).toContainText(word);
  const points = await api.list<BackupPoint>(`/backup-points?vaultId=${target.id}&sourceKind=tablestore`);
  expect(points).toHaveLength(1);
  expect([...from.problems, ...to.problems]).toEqual([]);
});
