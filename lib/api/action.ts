import { headers } from 'next/headers';
import type { z } from 'zod';
import type { Verb } from '@/lib/verb';
import type { ActionResult } from './action-result';
import { webDoor } from './context';
import { runAction } from './run-action';

/**
 * A server action that calls one verb: session, own-origin check, idempotency key, and a refusal as a value.
 *
 *   'use server';
 *   export const createVaultAction = action(createVault);
 */
export function action<In extends z.ZodType, Out>(
  verb: Verb<In, Out>,
): (input: z.input<In>, idempotencyKey?: string) => Promise<ActionResult<Out>> {
  return async (input, idempotencyKey) => runAction(webDoor(), await headers(), verb, input, idempotencyKey);
}
