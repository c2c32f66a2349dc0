import type { z } from 'zod';
import { CrossvaultError } from '@/lib/errors';
import { ErrorBody } from './error-body';

type QueryValue = string | number | boolean | null | undefined;

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absent, null and empty values are left out. */
  query?: Record<string, QueryValue>;
  /** Sent as JSON. */
  body?: unknown;
  /** Makes a repeated write answer as the first one did. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/**
 * Calls `/api/v1` from the browser with the session cookie and parses the answer by `schema`. An error answer is
 * thrown as the `CrossvaultError` it names; a lost connection as `unavailable`.
 */
export async function apiFetch<T extends z.ZodType>(
  schema: T,
  path: string,
  request: ApiRequest = {},
): Promise<z.output<T>> {
  const response = await send(path, request);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw toError(response.status, body);
  return schema.parse(body);
}

/** Path and query of a call, e.g. for a download link. */
export function apiPath(path: string, query: Record<string, QueryValue> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return `/api/v1${path}${search.size > 0 ? `?${search}` : ''}`;
}

async function send(
  path: string,
  { method = 'GET', query, body, idempotencyKey, signal }: ApiRequest,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  try {
    return await fetch(apiPath(path, query), {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new CrossvaultError(
      'unavailable',
      'Crossvault did not answer. Check the connection and try again.',
      { cause },
    );
  }
}

function toError(status: number, body: unknown): CrossvaultError {
  const parsed = ErrorBody.safeParse(body);
  if (!parsed.success) {
    return new CrossvaultError(
      'unavailable',
      `Crossvault answered with status ${status}. Try again in a moment.`,
    );
  }
  const { code, message, ...options } = parsed.data.error;
  return new CrossvaultError(code, message, options);
}
