import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '@/lib/api/auth-options';
import { webDoor } from '@/lib/api/context';
import { toErrorResponse } from '@/lib/api/http-errors';
import { defaultExport } from '@/lib/api/interop';
import { toKnownError } from '@/lib/api/known-errors';
import { requireOwnOrigin } from '@/lib/api/origin';
import { CrossvaultError, notFound } from '@/lib/errors';

type RouteContext = { params: Promise<{ nextauth: string[] }> };

const maxFormBytes = 16_384;
const actions = {
  GET: new Set(['csrf', 'providers', 'session', 'signin', 'signout', 'error']),
  POST: new Set(['callback', 'signout']),
};

async function handle(request: NextRequest, context: RouteContext): Promise<Response> {
  try {
    const [action = ''] = (await context.params).nextauth;
    if (!actions[request.method as 'GET' | 'POST'].has(action)) throw notFound('address');
    if (request.method === 'POST') requireSmallFormOfOurs(request.headers);
    return await defaultExport(NextAuth)(request, context, authOptions());
  } catch (error) {
    return toErrorResponse(toKnownError(error, { action: 'sign-in' }));
  }
}

function requireSmallFormOfOurs(headers: Headers): void {
  requireOwnOrigin(headers, webDoor().settings.publicOrigin);
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (!(length <= maxFormBytes)) throw new CrossvaultError('invalid_input', 'The form is too large.');
}

export { handle as GET, handle as POST };
