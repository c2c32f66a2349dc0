import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireRepairedDriver } from '../client';
import { startThrowaway, type ThrowawayCluster } from '../embedded/throwaway';
import type { Observation } from './scenarios';

let cluster: ThrowawayCluster;

beforeAll(async () => {
  cluster = await startThrowaway();
});

afterAll(() => cluster?.remove());

const repaired: Record<string, Observation> = {
  'a statement after the loss': {
    calls: { transaction: 'CONNECTION_CLOSED', second: 'CONNECTION_CLOSED' },
    rows: [],
  },
  'statements in flight and in line': { calls: { transaction: 'CONNECTION_CLOSED', hung: '0' }, rows: [] },
  'a statement after the commit': {
    calls: { transaction: 'ok', late: 'TRANSACTION_ENDED' },
    rows: ['first'],
  },
  'a statement after the rollback': {
    calls: { transaction: 'change of mind', late: 'TRANSACTION_ENDED' },
    rows: [],
  },
  'a failed statement that nobody waits for': { calls: { transaction: '22012' }, rows: [] },
  'begin as the last call that the pipeline takes': { calls: { calls: 'ok' }, rows: [] },
  'a reserved connection after its loss': { calls: { after: 'CONNECTION_CLOSED', pool: 'ok' }, rows: [] },
  'a reserved connection after its release': { calls: { after: 'RESERVATION_ENDED', pool: 'ok' }, rows: [] },
  'reservations while the server cannot be reached': {
    calls: { calls: 'ECONNREFUSED', again: 'ECONNREFUSED' },
    rows: [],
  },
  'a server that closes every connection': { calls: { call: 'CONNECTION_CLOSED' }, rows: [] },
  'a cursor whose connection is lost between two batches': {
    calls: { read: 'CONNECTION_CLOSED', pool: 'ok' },
    rows: [],
  },
  'a copy in each direction': { calls: { into: 'failed', out: 'failed', pool: 'ok' }, rows: [] },
  'a backend that stops answering': {
    calls: { idle: 'ok', call: 'RESPONSE_TIMEOUT', transaction: 'ok' },
    rows: [],
  },
  'many kills while statements are being written': { calls: { hung: 'false', pool: 'ok' }, rows: [] },
  'a listener whose connection is lost': { calls: { heard: 'after the loss' }, rows: [] },
};

/** Where the published driver does right, most times: there the scenario guards the repair alone. */
const rightAsPublished = [
  'statements in flight and in line',
  'reservations while the server cannot be reached',
  'a listener whose connection is lost',
];

describe.each(['repaired-esm', 'repaired-cjs'])('%s', (driver) => {
  let seen: Record<string, Observation>;
  beforeAll(async () => {
    seen = await observe(driver);
  });

  test.each(Object.entries(repaired))('%s', (name, { calls, rows }) => {
    expect(seen[name]).toEqual({ calls: { ...calls, uncaught: '0' }, rows });
  });
});

test('the driver as published gets every scenario wrong that the repair is for', async () => {
  const seen = await observe('published');
  const right = Object.entries(repaired)
    .filter(([name]) => !rightAsPublished.includes(name))
    .filter(([name, { calls, rows }]) => {
      const expected: Observation = { calls: { ...calls, uncaught: '0' }, rows };
      return JSON.stringify(seen[name]) === JSON.stringify(expected);
    })
    .map(([name]) => name);
  expect(right).toEqual([]);
});

test('both builds carry the same repair', () => {
  const folder = dirname(dirname(dirname(createRequire(import.meta.url).resolve('postgres'))));
  const withoutModuleSyntax = (path: string) =>
    readFileSync(join(folder, path), 'utf8')
      .split('\n')
      .filter(
        (line) => !/require\(|^import |^export |^\} from |module\.exports|^(const|import) \{$/.test(line),
      )
      .join('\n');
  for (const file of ['index.js', 'connection.js']) {
    expect(withoutModuleSyntax(`cjs/src/${file}`)).toBe(withoutModuleSyntax(`src/${file}`));
  }
});

test('a process refuses to work with the driver as published', async () => {
  const { default: published } = await import('postgres-unpatched' as string);
  expect(() => requireRepairedDriver(published)).toThrow('lacks its repair');
});

async function observe(driver: string): Promise<Record<string, Observation>> {
  const script = fileURLToPath(new URL('./scenarios.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, driver, cluster.ownerUrl()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  const observations = output
    .trim()
    .split('\n')
    .map((line): Observation & { name: string } => JSON.parse(line));
  return Object.fromEntries(observations.map(({ name, ...observation }) => [name, observation]));
}
