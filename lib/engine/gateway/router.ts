import type { Route } from './environment';

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route of a request; parameters are single segments of `[A-Za-z0-9_.~-]`. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteMatch | null {
  const compiled = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const given = path.split('/');
    for (const { route, segments } of compiled) {
      if (route.method !== method || segments.length !== given.length) continue;
      const params: Record<string, string> = {};
      const fits = segments.every((segment, i) => {
        if (!segment.startsWith(':')) return segment === given[i];
        params[segment.slice(1)] = given[i]!;
        return /^[A-Za-z0-9_.~-]{1,200}$/.test(given[i]!);
      });
      if (fits) return { route, params };
    }
    return null;
  };
}
