import type { Method, Route } from './route';

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** The route of a path below `/api/v1`; a fixed segment goes before a `{name}`. Null when there is none. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | null {
  const segments = path.split('/').slice(1);
  let best: (Match & { fixed: number }) | null = null;
  for (const route of routes) {
    if (route.method !== method) continue;
    const match = matchPath(route, segments);
    if (match && (best === null || match.fixed > best.fixed)) best = match;
  }
  return best;
}

/** Methods that the path knows, for `405 Allow`. */
export function methodsOf(routes: readonly Route[], path: string): Method[] {
  const segments = path.split('/').slice(1);
  return [...new Set(routes.filter((route) => matchPath(route, segments)).map((route) => route.method))];
}

function matchPath(route: Route, segments: string[]): (Match & { fixed: number }) | null {
  const wanted = route.path.split('/').slice(1);
  if (wanted.length !== segments.length) return null;
  const params: Record<string, string> = {};
  let fixed = 0;
  for (const [index, part] of wanted.entries()) {
    const given = decode(segments[index] ?? '');
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (given === null || given === '') return null;
    if (name) params[name] = given;
    else if (part === given) fixed += 1;
    else return null;
  }
  return { route, params, fixed };
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
