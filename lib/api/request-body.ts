import { CrossvaultError } from '@/lib/errors';

export const maxBodyBytes = 1_048_576;

/** The JSON object of a request, or an empty one without a body. Reads no more than `maxBodyBytes`, whatever is declared. */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readCapped(request);
  if (bytes.length === 0) return {};
  // A form of another site can send text, but not this type without asking first.
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw new CrossvaultError('invalid_input', 'Send the body as application/json.', { reason: 'not_json' });
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CrossvaultError('invalid_input', 'The body is not JSON.', { cause, reason: 'not_json' });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new CrossvaultError('invalid_input', 'The body must be a JSON object.', { reason: 'not_json' });
  }
  return body as Record<string, unknown>;
}

async function readCapped(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge();
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > maxBodyBytes) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const tooLarge = () =>
  new CrossvaultError('invalid_input', 'The body is larger than 1 MiB.', { reason: 'too_large' });
