/**
 * One loss of a connection at a time, each at a moment that the published driver gets wrong. Run as a process of its
 * own, `tsx scenarios.ts <driver> <url>`, because some of those faults end the process; prints one JSON line each.
 */
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Options, Sql } from 'postgres';
import { type Driver, loadDriver, outcomeOf, poolOptions } from './drivers';

export interface Observation {
  /** What each call came to, by name: `ok`, an error code, or `HUNG`. */
  calls: Record<string, string>;
  /** What is in the table afterwards. */
  rows: string[];
}

interface Stage {
  postgres: Driver;
  /** A pool under test; closed after the scenario. */
  pool(options?: Options<Record<string, never>>): Sql;
  kill(sql: Pick<Sql, 'unsafe'>): Promise<void>;
  admin: Sql;
}

type Scenario = (stage: Stage) => Promise<Record<string, string>>;

const insert = (value: string) => `insert into witness values ('${value}')`;
const backendPid = async (sql: Pick<Sql, 'unsafe'>) =>
  Number((await sql.unsafe('select pg_backend_pid() as pid'))[0]?.pid);

export const scenarios: Record<string, Scenario> = {
  async 'a statement after the loss'({ pool, kill }) {
    const sql = pool({ max: 1 });
    let second = 'never';
    const transaction = sql.begin(async (tx) => {
      await tx.unsafe(insert('first'));
      await kill(tx);
      // Gives the pool a replacement connection, on which the next statement must not run
      await sql`select 1`;
      second = await outcomeOf(tx.unsafe(insert('second')));
    });
    const outcome = await outcomeOf(transaction);
    await delay(100);
    return { transaction: outcome, second };
  },

  async 'statements in flight and in line'({ pool, kill }) {
    const sql = pool({ max: 1 });
    let calls: string[] = [];
    const transaction = sql.begin(async (tx) => {
      const pid = await backendPid(tx);
      const statements = Array.from({ length: 5 }, (_, n) => outcomeOf(tx`select pg_sleep(0.2), ${n}::int`));
      await kill({ unsafe: () => Promise.resolve([{ pid }]) } as never);
      calls = await Promise.all(statements);
    });
    const outcome = await outcomeOf(transaction);
    await delay(50);
    return {
      transaction: outcome,
      hung: String(calls.filter((call) => call === 'HUNG' || call === 'ok').length),
    };
  },

  async 'a statement after the commit'({ pool }) {
    const sql = pool({ max: 1 });
    let late = Promise.resolve('never');
    const transaction = sql.begin(async (tx) => {
      await tx.unsafe(insert('first'));
      late = delay(50).then(() => outcomeOf(tx.unsafe(insert('late'))));
    });
    return { transaction: await outcomeOf(transaction), late: await late };
  },

  async 'a statement after the rollback'({ pool }) {
    const sql = pool({ max: 1 });
    let late = Promise.resolve('never');
    const transaction = sql.begin(async (tx) => {
      late = delay(50).then(() => outcomeOf(tx.unsafe(insert('late'))));
      throw new Error('change of mind');
    });
    return { transaction: await outcomeOf(transaction), late: await late };
  },

  async 'a failed statement that nobody waits for'({ pool }) {
    const sql = pool({ max: 1 });
    const transaction = sql.begin(async (tx) => {
      await tx.unsafe(insert('first'));
      tx`select 1 / ${0}::int`.execute();
    });
    return { transaction: await outcomeOf(transaction) };
  },

  async 'begin as the last call that the pipeline takes'({ pool }) {
    const sql = pool({ max: 1, max_pipeline: 10 } as Options<Record<string, never>>);
    const outcomes = new Set<string>();
    for (let before = 5; before < 15; before++) {
      await sql`select 1`;
      const calls = Array.from({ length: before }, () => sql`select 1`.execute()).map((call) =>
        outcomeOf(call),
      );
      calls.push(outcomeOf(sql.begin((tx) => tx`select 1`)));
      for (const outcome of await Promise.all(calls)) outcomes.add(outcome);
    }
    return { calls: [...outcomes].sort().join() };
  },

  async 'a reserved connection after its loss'({ pool, kill }) {
    const sql = pool({ max: 1 });
    const reserved = await sql.reserve();
    await kill(reserved);
    await sql`select 1`;
    const after = await outcomeOf(reserved.unsafe(insert('after the loss')));
    reserved.release();
    return { after, pool: await outcomeOf(sql`select 1`) };
  },

  async 'a reserved connection after its release'({ pool }) {
    const sql = pool({ max: 1 });
    const reserved = await sql.reserve();
    reserved.release();
    return {
      after: await outcomeOf(reserved.unsafe(insert('after the release'))),
      pool: await outcomeOf(sql`select 1`),
    };
  },

  async 'reservations while the server cannot be reached'({ postgres }) {
    const port = 1; // nothing listens there
    const sql = postgres({ ...poolOptions, host: '127.0.0.1', port, username: 'x', max: 2 });
    const calls = await Promise.all(Array.from({ length: 4 }, () => outcomeOf(sql.reserve())));
    const again = await outcomeOf(sql`select 1`);
    await sql.end({ timeout: 0 });
    return { calls: [...new Set(calls)].join(), again };
  },

  async 'a server that closes every connection'({ postgres }) {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const sql = postgres({ ...poolOptions, host: '127.0.0.1', port, username: 'x', max: 1 });
    const call = await outcomeOf(sql`select 1`);
    await sql.end({ timeout: 0 });
    server.close();
    return { call };
  },

  async 'a cursor whose connection is lost between two batches'({ pool, kill }) {
    const sql = pool({ max: 1 });
    const read = async () => {
      let isKilled = false;
      for await (const [row] of sql`select pg_backend_pid() as pid from generate_series(1, 100)`.cursor(1)) {
        if (isKilled) continue;
        isKilled = true;
        await kill({ unsafe: () => Promise.resolve([row]) } as never);
        await delay(50);
      }
    };
    return { read: await outcomeOf(read()), pool: await outcomeOf(sql`select 1`) };
  },

  async 'a copy in each direction'({ pool, kill, admin }) {
    const sql = pool({ max: 2 });
    const copyIn = sql.begin(async (tx) => {
      const pid = await backendPid(tx);
      const writable = await tx`copy witness from stdin`.writable();
      await pipeline(async function* () {
        yield 'copied\n';
        await admin`select pg_terminate_backend(${pid})`;
        for (let i = 0; i < 200; i++) {
          yield 'copied\n';
          await delay(5);
        }
      }, writable);
    });
    const copyOut = sql.begin(async (tx) => {
      const pid = await backendPid(tx);
      const readable =
        await tx`copy (select repeat('x', 1000) from generate_series(1, 100000)) to stdout`.readable();
      let isKilled = false;
      for await (const _ of readable) {
        if (isKilled) continue;
        isKilled = true;
        await kill({ unsafe: () => Promise.resolve([{ pid }]) } as never);
      }
    });
    const [into, out] = await Promise.all([outcomeOf(copyIn, 5000), outcomeOf(copyOut, 5000)]);
    return {
      into: into === 'HUNG' || into === 'ok' ? into : 'failed',
      out: out === 'HUNG' || out === 'ok' ? out : 'failed',
      pool: await outcomeOf(sql`select 1`),
    };
  },

  async 'a backend that stops answering'({ pool }) {
    const sql = pool({ max: 1, response_timeout: 0.5 });
    const pid = await backendPid(sql);
    await delay(700); // idle for longer than that is no fault
    const idle = await outcomeOf(sql`select 1`);
    process.kill(pid, 'SIGSTOP');
    const call = await outcomeOf(sql`select 1`);
    const transaction = await outcomeOf(sql.begin((tx) => tx`select 1`));
    process.kill(pid, 'SIGCONT');
    return { idle, call, transaction };
  },

  async 'many kills while statements are being written'({ pool, admin }) {
    const sql = pool({ max: 4 });
    const outcomes = new Set<string>();
    for (let round = 0; round < 15; round++) {
      const transaction = sql.begin(async (tx) => {
        const pid = await backendPid(tx);
        admin`select pg_terminate_backend(${pid})`.catch(() => {});
        await delay(round % 3);
        for (let n = 0; n < 4; n++) await tx`select 1`;
        await delay(100);
        await tx`select 1`;
      });
      outcomes.add(await outcomeOf(transaction));
    }
    return { hung: String(outcomes.has('HUNG')), pool: await outcomeOf(sql`select 1`) };
  },

  async 'a listener whose connection is lost'({ pool, admin }) {
    const sql = pool({ max: 1 });
    const heard: string[] = [];
    await sql.listen('witness', (payload) => heard.push(payload));
    await admin`
      select pg_terminate_backend(pid) from pg_stat_activity
      where query like 'listen%' and pid <> pg_backend_pid()`;
    for (let attempt = 0; attempt < 100 && heard.length === 0; attempt++) {
      await delay(20);
      await admin`select pg_notify('witness', 'after the loss')`;
    }
    return { heard: heard[0] ?? 'nothing' };
  },
};

async function main(driverName: string, url: string): Promise<void> {
  let uncaught = 0;
  const countFault = () => {
    uncaught++;
  };
  process.on('uncaughtException', countFault);
  process.on('unhandledRejection', countFault);
  const postgres = await loadDriver(driverName);
  const calm = await loadDriver('repaired-esm');
  const admin = calm(url, { ...poolOptions, max: 2 });

  for (const [name, run] of Object.entries(scenarios)) {
    uncaught = 0;
    await admin`drop table if exists witness`;
    await admin`create table witness (value text)`;
    const pools: Sql[] = [];
    const stage: Stage = {
      postgres,
      admin,
      pool(options) {
        const sql = postgres(url, { ...poolOptions, ...options });
        pools.push(sql);
        return sql;
      },
      async kill(sql) {
        await admin`select pg_terminate_backend(${await backendPid(sql)})`;
        await delay(30);
      },
    };
    const outcome = await Promise.race([run(stage), delay(15_000, { scenario: 'HUNG' }, { ref: false })]);
    const rows = await admin<{ value: string }[]>`select value from witness order by value`;
    const calls = { ...outcome, uncaught: String(uncaught) };
    console.log(JSON.stringify({ name, calls, rows: rows.map((row) => row.value) }));
    await Promise.race([Promise.all(pools.map((sql) => sql.end({ timeout: 0 }))), delay(500)]);
  }
  process.exit(0);
}

const [, script, driverName, url] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  main(driverName!, url!).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
