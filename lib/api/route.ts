import type { z } from 'zod';
import type { Context } from '@/lib/context';
import type { Verb } from '@/lib/verb';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Described {
  method: Method;
  /** Below `/api/v1`, e.g. `/vaults/{id}/lock`. `{id}` is the field `id` of the verb's input. */
  path: `/${string}`;
  /** The group it is listed under in OpenAPI: the noun in the plural. */
  tag: string;
  /** One line in the imperative, e.g. `Lock a vault`. */
  summary: string;
  description?: string;
  /** 200 unless told; 201 for something made. */
  status?: 200 | 201 | 202;
}

interface JsonRoute<In extends z.ZodType, Out> extends Described {
  verb: Verb<In, Out>;
  /** Answers are parsed by it: fields it does not name never leave. */
  response: z.ZodType;
}

interface StreamRoute<In extends z.ZodType> extends Described {
  verb: Verb<In, unknown>;
  contentType: string;
  filename: string;
  /** Runs the verb, page by page if need be, and yields text. */
  stream(ctx: Context, input: z.input<In>): AsyncGenerator<string>;
}

export interface Route extends Described {
  verb: { action: string; permission: string; input: z.ZodType; kind: 'read' | 'write' };
  response: z.ZodType | null;
  contentType: string;
  filename: string | null;
  run(ctx: Context, input: unknown): Promise<unknown> | AsyncGenerator<string>;
}

/**
 * One line of the API's table. The verb's input is read from the path, then from the query of a GET or DELETE, or from
 * the JSON body of the others; the verb parses it.
 */
export function route<In extends z.ZodType, Out>(definition: JsonRoute<In, Out>): Route {
  const { verb } = definition;
  return {
    ...definition,
    contentType: 'application/json',
    filename: null,
    run: (ctx, input) => verb(ctx, input as z.input<In>),
  };
}

/** A GET whose answer is a download of any length, made piece by piece. */
export function streamRoute<In extends z.ZodType>(definition: StreamRoute<In>): Route {
  return { ...definition, response: null, run: (ctx, input) => definition.stream(ctx, input as z.input<In>) };
}
