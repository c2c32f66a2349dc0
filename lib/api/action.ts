import { headers } from 'next/headers';
import type { z } from 'zod';
import type { Verb } from '@/lib/verb';
import type { ActionResult } from './action-result';
import { webDoor } from './context';
import { fieldsOf, runAction } from './run-action';

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

/**
 * The same for `useActionState`: reads the form's fields, or what `read` makes of them. A field `idempotencyKey`
 * becomes the request's key; a name that ends in `[]` collects all its values.
 */
export function formAction<In extends z.ZodType, Out>(
  verb: Verb<In, Out>,
  read: (fields: Record<string, unknown>) => unknown = (fields) => fields,
): (previous: ActionResult<Out> | null, form: FormData) => Promise<ActionResult<Out>> {
  const run = action(verb);
  return async (_previous, form) => {
    const { idempotencyKey, ...fields } = fieldsOf(form);
    return run(read(fields) as z.input<In>, typeof idempotencyKey === 'string' ? idempotencyKey : undefined);
  };
}
