import { type NextRequest, NextResponse } from 'next/server';
import { contentSecurityPolicy, securityHeaders } from './lib/api/content-security';
import { pathHeader } from './lib/api/return-path';

/** Headers only. Who may see what is decided where data is read, never here. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.randomUUID()).toString('base64');
  const isSecure = process.env.NEXTAUTH_URL?.startsWith('https://') ?? false;
  const policy = contentSecurityPolicy(nonce, {
    isSecure,
    isDevelopment: process.env.NODE_ENV === 'development',
  });
  // Next.js reads the nonce from the request's policy and puts it on the scripts it writes.
  const headers = new Headers(request.headers);
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  headers.set(pathHeader, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  for (const [name, value] of Object.entries(securityHeaders({ isSecure })))
    response.headers.set(name, value);
  return response;
}

export const config = { matcher: '/((?!_next/static|_next/image).*)' };
