import { randomBytes } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { accounts, backupPoints, jobs } from '@/db/schema';
import { testDatabase } from '@/db/testing/harness';
import { TestGateway } from '@/lib/engine/gateway/test-gateway';
import { loadOrCreateCertificate } from '@/lib/engine/gateway/tls-certificate';
import { bundleAgent, type HanaDouble, makePipe, quoted, sha256 } from '../testing/hana-double';
import { HanaHost } from '../testing/hana-host';
import { TestHost } from '../testing/test-host';

const database = await testDatabase();
const { owner } = database;
const engine = await TestGateway.start(database);
const { fingerprint } = await loadOrCreateCertificate(engine.vaults.dataFolder, new Date());
const host = await TestHost.enrolled(database, engine, fingerprint);
const mib = 1024 * 1024;

let agent: string;
let instance: HanaHost;
let hana: HanaDouble;
beforeAll(async () => {
  agent = await bundleAgent(host.work);
  instance = await HanaHost.register(database, host, agent);
  hana = await instance.database();
});

const pointCount = () => owner.$count(backupPoints, eq(backupPoints.accountId, host.accountId));
const jobsOf = (kind: 'backup' | 'restore') =>
  owner
    .select()
    .from(jobs)
    .where(and(eq(jobs.accountId, host.accountId), eq(jobs.kind, kind)));

/** A pipe that is written by hand. */
async function pipeFor(name: string): Promise<{ path: string; request: string }> {
  await hana.prepareFolder();
  const path = hana.pathOf(name);
  await makePipe(path);
  return { path, request: `#PIPE ${quoted(path)}` };
}

describe('an agent that is killed in the middle of a pipe', () => {
  test('has saved nothing, its job ends with the next call, and that one works', async () => {
    const before = await pointCount();
    const { path, request } = await pipeFor('killed_databackup_0_1');
    const call = await hana.begin('backup', [request], ['-s', '1', '-c', '1', '-l', 'COMPLETE']);
    const pipe = await open(path, 'w');
    await pipe.write(randomBytes(3 * mib));
    call.process.kill('SIGKILL');
    const { lines } = await call.ended;
    await pipe.close();
    expect(lines).toEqual([]);
    expect(await pointCount()).toBe(before);
    expect((await hana.inquire([`#NULL ${quoted(path)}`])).lines).toEqual([`#NOTFOUND ${quoted(path)}`]);

    const [left] = (await jobsOf('backup')).filter(({ status }) => status === 'running');
    await owner
      .update(jobs)
      .set({ heartbeatAt: new Date(Date.now() - 60_000) })
      .where(eq(jobs.id, left!.id));
    const again = await hana.backup({
      backupId: '2',
      volumes: { killed_databackup_0_1: randomBytes(1000) },
    });
    expect(again).toMatchObject({ code: 0, saved: [{ bytes: 1000 }] });
    const [ended] = await owner.select().from(jobs).where(eq(jobs.id, left!.id));
    expect(ended).toMatchObject({
      status: 'failed',
      errorMessage: expect.stringContaining('Backint agent went away'),
    });
  });
});

describe('the database side', () => {
  test('dies in the middle of a pipe: what came is told with its true size, for HANA knows what it is', async () => {
    const { path, request } = await pipeFor('dies_databackup_0_1');
    const call = await hana.begin('backup', [request], ['-s', '3', '-c', '1']);
    const pipe = await open(path, 'w');
    await pipe.write(randomBytes(123_456));
    await pipe.close();
    expect((await call.ended).lines).toEqual([expect.stringMatching(/^#SAVED "[^"]+" .+ 123456$/)]);
  });

  test('never opens one pipe: that one is an error and the other is saved', async () => {
    const impatient = await instance.database('HXE@HXE', { pipe_timeout_seconds: 1 });
    await impatient.prepareFolder();
    const [silent, spoken] = [
      impatient.pathOf('silent_databackup_0_1'),
      impatient.pathOf('x_databackup_2_1'),
    ];
    await Promise.all([makePipe(silent), makePipe(spoken)]);
    const requests = [silent, spoken, impatient.pathOf('absent')].map((path) => `#PIPE ${quoted(path)}`);
    const call = await impatient.begin('backup', requests, ['-s', '4', '-c', '3']);
    const pipe = await open(spoken, 'w');
    await pipe.write('bytes');
    await pipe.close();
    const { code, lines } = await call.ended;
    expect(code).toBe(1);
    expect(lines).toEqual([
      `#ERROR ${quoted(silent)}`,
      expect.stringMatching(/^#SAVED .* 5$/),
      `#ERROR ${quoted(impatient.pathOf('absent'))}`,
    ]);
  });

  test('stops reading in the middle of a restore: that object is an error and the other is restored', async () => {
    const volumes = { r_databackup_0_1: randomBytes(4 * mib), r_databackup_2_1: randomBytes(mib) };
    const { saved } = await hana.backup({ backupId: '5', volumes });
    const [short, whole] = saved as [(typeof saved)[0], (typeof saved)[0]];
    await Promise.all([makePipe(short.path), makePipe(`${whole.path} new`)]);
    const call = await hana.begin('restore', [
      `#EBID "${short.ebid}" ${quoted(short.path)}`,
      `#EBID "${whole.ebid}" ${quoted(whole.path)} "${whole.path} new"`,
    ]);
    const reader = await open(short.path, 'r');
    await reader.read(Buffer.alloc(1000));
    await reader.close();
    const digest = await hana.digestOf(`${whole.path} new`);
    const { code, lines } = await call.ended;
    expect(digest).toBe(whole.sha256);
    expect(code).toBe(1);
    expect(new Set(lines)).toEqual(
      new Set([`#ERROR ${quoted(short.path)}`, `#RESTORED "${whole.ebid}" ${quoted(whole.path)}`]),
    );
  });
});

describe('the gateway', () => {
  test('goes away in the middle of a backup and a restore: the pipes wait, and nothing is missing', async () => {
    const bytes = randomBytes(24 * mib);
    const saving = hana.backup({ backupId: '6', volumes: { away_databackup_0_1: bytes } });
    await host.proxy.afterBytes(6 * mib);
    host.proxy.cut();
    const { saved, code } = await saving;
    expect(code).toBe(0);
    const restoring = hana.restore(saved);
    await host.proxy.afterReceived(6 * mib);
    host.proxy.cut();
    const { digests } = await restoring;
    expect(digests[saved[0]!.path]).toBe(sha256(bytes));
  });

  test('is away when the call begins: the agent waits for it', async () => {
    host.proxy.isDown = true;
    const inquiring = hana.inquire(['#NULL /nowhere']);
    await vi.waitFor(() => expect(host.proxy.refused).toBeGreaterThan(0), { timeout: 10_000 });
    host.proxy.isDown = false;
    expect(await inquiring).toMatchObject({ code: 0, lines: ['#NOTFOUND /nowhere'] });
  });
});

describe('every line is answered', () => {
  test('also the one that is there twice', async () => {
    const { path, request } = await pipeFor('twice_databackup_0_1');
    const call = await hana.begin('backup', [request, request], ['-s', '7', '-c', '2']);
    const pipe = await open(path, 'w');
    await pipe.write('once');
    await pipe.close();
    const { code, lines } = await call.ended;
    expect([code, lines]).toEqual([1, [expect.stringMatching(/^#SAVED .* 4$/), `#ERROR ${quoted(path)}`]]);
    const asked = await hana.inquire([`#NULL ${quoted(path)}`, `#NULL ${quoted(path)}`]);
    expect(asked.lines).toHaveLength(2);
    expect(asked.lines[0]).toBe(asked.lines[1]);
  });

  test.each([
    ['a vault that is not there', { vault: 'v-nowhere' }, 'no vault "v-nowhere"'],
    ['an instance that is not registered', { instance: 'ABC' }, 'no registered SAP HANA instance'],
    ['a client folder without an enrolment', { client_dir: '/nowhere' }, 'not enrolled'],
    ['a word nobody knows', { vualt: 'x' }, 'vualt'],
  ])('with the reason, when the parameter file names %s', async (_, parameters, why) => {
    const wrong = await instance.database('HXE@HXE', parameters);
    const result = await wrong.call('backup', ['#PIPE /a', '#PIPE "/b c"'], ['-s', '8', '-c', '2']);
    expect(result).toMatchObject({
      code: 2,
      lines: ['#ERROR /a', '#ERROR "/b c"'],
      errors: expect.stringContaining(why),
    });
  });

  test('when the account takes no backups, and restores go on', async () => {
    const { saved } = await hana.backup({ backupId: '9', volumes: { s_databackup_0_1: randomBytes(1000) } });
    const setState = (state: 'active' | 'suspended') =>
      owner.update(accounts).set({ state }).where(eq(accounts.accountId, host.accountId));
    await setState('suspended');
    try {
      const refused = await hana.call('backup', ['#PIPE /a'], ['-s', '10', '-c', '1']);
      expect(refused).toMatchObject({
        code: 2,
        lines: ['#ERROR /a'],
        errors: expect.stringContaining('suspended'),
      });
      const { digests } = await hana.restore(saved);
      expect(digests[saved[0]!.path]).toBe(saved[0]!.sha256);
    } finally {
      await setState('active');
    }
  });

  test('for another system than the instance is', async () => {
    const other = await instance.database('ABC@ABC');
    const result = await other.call('backup', ['#PIPE /a'], ['-s', '11', '-c', '1']);
    expect(result).toMatchObject({ code: 2, errors: expect.stringContaining('is HXE') });
  });

  test('and an input that cannot be understood has an output all the same', async () => {
    const result = await hana.call('restore', ['#SOFTWAREID "backint 1.04" "x"', '#RETRIEVE /a']);
    expect(result).toMatchObject({ code: 2, lines: [], errors: expect.stringContaining('Line 2') });
    expect(result.softwareId).toContain('#SOFTWAREID');
    await writeFile(hana.parameterFile, 'instance = HXE\n', { flag: 'a' });
    expect((await hana.inquire(['#NULL /x'])).errors).toContain('twice');
  });
});

test("another account's host, which names this instance by its id, finds nothing of it", async () => {
  const stranger = await TestHost.enrolled(database, engine, fingerprint);
  const theirs = await HanaHost.register(database, stranger, agent);
  const posing = await theirs.database('HXE@HXE', { instance: instance.sourceId });
  for (const fn of ['inquire', 'restore'])
    expect(await posing.call(fn, ['#NULL /x'])).toMatchObject({ code: 2, lines: ['#ERROR /x'] });
  const own = await theirs.database();
  expect((await own.inquire(['#NULL'])).lines).toEqual(['#NOTFOUND']);
});
