import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing/harness';
import { CrossvaultError } from '@/lib/errors';
import { makeWorld, type World } from './accounts';
import type { Command, CommandKind, Outcome } from './command';
import { compare, readReplicas } from './compare';
import { directoryCommands } from './directory-commands';
import { pointCommands } from './point-commands';
import { Random } from './random';
import { replicationCommands } from './replication-commands';
import { restoreSome, settle, tickUntilQuiet } from './settle';
import { shareCommands } from './share-commands';
import { State } from './state';
import { vaultCommands } from './vault-commands';

const steps = Number(process.env.CROSSVAULT_MODEL_STEPS ?? 250);
const seed = Number(process.env.CROSSVAULT_MODEL_SEED ?? Date.now() % 1_000_000);
const kinds = [
  ...vaultCommands,
  ...directoryCommands,
  ...shareCommands,
  ...replicationCommands,
  ...pointCommands,
];
const timeout = 60_000 + steps * 500;

const database = await testDatabase();
const faulty = await testDatabase();

test(`three accounts and a pure model agree for ${steps} commands (seed ${seed})`, { timeout }, async () => {
  const state = await runModel(await makeWorld(database), steps);
  expect(state.points.size).toBeGreaterThan(0);
});

test('the model notices a product that gives nobody access', { timeout }, async () => {
  const { owner } = faulty;
  await owner.execute(sql`alter table invitations disable trigger refresh_grants`);
  await expect(runModel(await makeWorld(faulty), 2000)).rejects.toMatchObject({
    message: expect.stringContaining('accepts the invitation'),
  });
});

async function runModel(world: World, count: number): Promise<State> {
  const state = new State();
  for (const accountId of world.members.keys()) state.standing.set(accountId, 'active');
  const random = new Random(seed);
  const trace: string[] = [];
  await turnEngine(world, state, random);
  for (let step = 0; step < count; step++) {
    try {
      if (random.chance(0.12)) {
        trace.push('the engine works');
        await turnEngine(world, state, random);
      } else {
        await take(world, chooseCommand(state, random), trace);
      }
      await compare(world, state);
    } catch (cause) {
      throw new Error(`seed ${seed}, step ${step}:\n  ${trace.slice(-12).join('\n  ')}`, { cause });
    }
  }
  await turnEngine(world, state, random);
  await compare(world, state);
  await restoreSome(world, state, random, 20);
  return state;
}

function chooseCommand(state: State, random: Random): Command {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (;;) {
    const command = pickKind(random.next() * total).choose(state, random);
    if (command) return command;
  }
}

function pickKind(at: number): CommandKind {
  let left = at;
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return kinds.at(-1)!;
}

async function take(world: World, command: Command, trace: string[]): Promise<void> {
  trace.push(`${command.told}: ${command.expected}`);
  const { outcome, out } = await answerOf(command, world);
  if (outcome !== command.expected) throw new Error(`it answered ${outcome}`);
  if (outcome === 'ok') command.apply(out);
}

async function answerOf(command: Command, world: World): Promise<{ outcome: Outcome; out?: unknown }> {
  try {
    return { outcome: 'ok', out: await command.run(world) };
  } catch (error) {
    if (error instanceof CrossvaultError) return { outcome: error.code };
    throw error;
  }
}

async function turnEngine(world: World, state: State, random: Random): Promise<void> {
  await tickUntilQuiet(world, state);
  settle(state, await readReplicas(world));
  await restoreSome(world, state, random, 1);
}
