import { buildOpenApi } from '@/lib/api/openapi';
import { routes } from '@/lib/api/routes';
import packageJson from '@/package.json';

/** Tells the shape of the API and nothing of anyone's data, so it needs no sign-in. */
export const dynamic = 'force-static';

export function GET(): Response {
  return Response.json(buildOpenApi(routes, packageJson.version));
}
