import type { World } from './accounts';
import type { Random } from './random';
import type { State } from './state';

/** `ok`, or the code of the error that the product owes. */
export type Outcome = 'ok' | string;

/** One thing that one account does, with all it needs, chosen at random. */
export interface Command<Out = unknown> {
  /** For the trace of a failure. */
  told: string;
  expected: Outcome;
  run(world: World): Promise<Out>;
  /** Called when the product did what was expected. */
  apply(out: Out): void;
}

export interface CommandKind {
  weight: number;
  /** null: nothing in the state to do it with. */
  choose(state: State, random: Random): Command | null;
}

/** Lets a kind keep the type of its answer while it stands in a list with others. */
export function commandKind<Out>(kind: {
  weight: number;
  choose(state: State, random: Random): Command<Out> | null;
}): CommandKind {
  return kind as CommandKind;
}
