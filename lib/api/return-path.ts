/** Carries the page that was asked for from the proxy to the server components of the same request. */
export const pathHeader = 'x-crossvault-path';

/** A path of this console to go to after sign-in. Whatever could lead to another site becomes the first page. */
export function safeReturnPath(path: string | null | undefined): string {
  if (!path || !/^\/(?![/\\])/.test(path)) return '/';
  const base = 'http://console.invalid';
  if (!URL.canParse(path, base)) return '/';
  const url = new URL(path, base);
  if (url.origin !== base || url.pathname.startsWith('//') || url.pathname === '/sign-in') return '/';
  return `${url.pathname}${url.search}`;
}

export function signInHref(path: string | null | undefined): string {
  const next = safeReturnPath(path);
  return next === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`;
}
