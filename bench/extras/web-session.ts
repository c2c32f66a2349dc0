/** A browser's side of a session with the console, without a browser. */
export interface SignedIn {
  /** The whole page. @throws when it is another than was asked for. */
  read(path: string): Promise<string>;
}

/** Signs in by the form's own requests. */
export async function signInTo(url: string, signIn: { email: string; password: string }): Promise<SignedIn> {
  const cookies = new Map<string, string>();
  const send = async (path: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, cookie, origin: url };
    const response = await fetch(`${url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  };
  const { csrfToken } = (await (await send('/api/auth/csrf')).json()) as { csrfToken: string };
  const form = new URLSearchParams({ ...signIn, csrfToken, json: 'true' });
  const answer = await send('/api/auth/callback/credentials', { method: 'POST', body: form });
  if (answer.status !== 200 && answer.status !== 302)
    throw new Error(`The console refused the sign-in with ${answer.status}`);
  await answer.text();
  return {
    async read(path) {
      const response = await send(path);
      const page = await response.text();
      if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}`);
      return page;
    },
  };
}
