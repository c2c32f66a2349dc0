import type { z } from 'zod';
import type { Verb } from '@/lib/verb';
import type { ActionResult } from './action-result';
import { toErrorDetail } from './error-body';
import { toKnownError } from './known-errors';
import { contextFromHeaders, type WebDoor } from './request-context';

/** Runs one verb for the request that these headers came with. Never throws: a refusal is a value. */
export async function runAction<In extends z.ZodType, Out>(
  door: WebDoor,
  headers: Headers,
  verb: Verb<In, Out>,
  input: z.input<In>,
  idempotencyKey?: string,
): Promise<ActionResult<Out>> {
  try {
    const ctx = await contextFromHeaders(door, headers, { isChange: true, idempotencyKey });
    return { ok: true, data: await verb(ctx, input) };
  } catch (error) {
    return { ok: false, error: toErrorDetail(toKnownError(error, { action: verb.action })) };
  }
}
