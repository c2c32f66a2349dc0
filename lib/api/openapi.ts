import { type ErrorCode, errorCodes } from '@/lib/errors';
import { apiRoot } from './dispatch';
import { ErrorBody } from './error-body';
import { httpMeanings } from './http-errors';
import { type JsonSchema, SchemaWriter } from './openapi-schemas';
import { maxBodyBytes } from './request-body';
import type { Route } from './route';

/** Codes that any call may meet; the rest only where something is written. */
const alwaysPossible: ErrorCode[] = [
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'unavailable',
  'internal',
];
const allCodes = Object.keys(errorCodes) as ErrorCode[];

/** The OpenAPI 3.1 document of a table of routes: made from the same schemas that parse requests and answers. */
export function buildOpenApi(routes: readonly Route[], version: string) {
  const writer = new SchemaWriter();
  writer.output(ErrorBody);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = `${apiRoot}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, writer) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Crossvault',
      version,
      description: [
        'Times are ISO 8601 with an offset, sizes are bytes. Lists that page take `cursor` and `limit` and answer',
        '`nextCursor`, null on the last page, and `total`. A write repeated with the same `Idempotency-Key` is done',
        'once and answered alike; the same key with another request is refused with `idempotency_key_reused`.',
        `A body is JSON of at most ${maxBodyBytes} bytes.`,
      ].join(' '),
    },
    security: [{ accessKey: [] }, { session: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: writer.components,
      responses: errorResponses(),
      parameters: { IdempotencyKey: idempotencyKey },
      securitySchemes: {
        accessKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access key, `cvk_…`, made in the console.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'crossvault-{port}.session',
          description: "The console's own session. A change needs an Origin header of the console.",
        },
      },
    },
  };
}

function operation(route: Route, writer: SchemaWriter): JsonSchema {
  const input = splitInput(route, writer.input(route.verb.input));
  const parameters = [...input.parameters];
  if (route.verb.kind === 'write') parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    'x-permission': route.verb.permission,
    ...(parameters.length > 0 && { parameters }),
    ...(input.body && {
      requestBody: {
        required: input.isBodyRequired,
        content: { 'application/json': { schema: input.body } },
      },
    }),
    responses: responses(route, writer),
  };
}

/** `listVaults` from `vaults.list` would collide for a verb at two addresses, so the address names the operation. */
function operationId({ method, path }: Route): string {
  const words = path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/[{}]/g, '').split('-').map(capital).join(''));
  return `${method.toLowerCase()}${words.map(capital).join('')}`;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function responses(route: Route, writer: SchemaWriter): JsonSchema {
  const schema = route.response === null ? { type: 'string' } : writer.output(route.response);
  const answer = { description: route.summary, content: { [route.contentType.split(';')[0]!]: { schema } } };
  const codes = route.verb.kind === 'write' ? allCodes : alwaysPossible;
  const statuses = [...new Set(codes.map((code) => errorCodes[code].httpStatus))].sort();
  const refusals = statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]);
  return { [route.status ?? 200]: answer, ...Object.fromEntries(refusals) };
}

/** One response for each status, which lists the codes under it: several codes share one. */
function errorResponses(): JsonSchema {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of allCodes) {
    const { httpStatus } = errorCodes[code];
    byStatus.set(httpStatus, [...(byStatus.get(httpStatus) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      `Error${status}`,
      {
        description: codes.map((code) => `\`${code}\`: ${httpMeanings[code]}`).join(' '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } },
        ...(codes.some((code) => errorCodes[code].retryable) && {
          headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
        }),
      },
    ]),
  );
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a repeated request be done once; 1 to 128 visible ASCII characters.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
};

interface SplitInput {
  parameters: JsonSchema[];
  body: JsonSchema | null;
  isBodyRequired: boolean;
}

/** A verb has one input; the path takes its own fields of it, and the query or the body takes the rest. */
function splitInput(route: Route, schema: JsonSchema): SplitInput {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const all = propertiesOf(schema);
  const parameters: JsonSchema[] = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: all[name]?.schema ?? { type: 'string' },
  }));
  if (route.method === 'GET' || route.method === 'DELETE') {
    for (const [name, { schema, isRequired }] of Object.entries(all)) {
      if (!inPath.includes(name)) parameters.push({ name, in: 'query', required: isRequired, schema });
    }
    return { parameters, body: null, isBodyRequired: false };
  }
  const body = without(schema, inPath);
  const rest = propertiesOf(body);
  const isBodyRequired = Object.values(rest).some(({ isRequired }) => isRequired);
  return { parameters, body: Object.keys(rest).length > 0 ? body : null, isBodyRequired };
}

interface Property {
  schema: JsonSchema;
  isRequired: boolean;
}

/** Fields of an object schema, or of all branches of a union. */
function propertiesOf(schema: JsonSchema): Record<string, Property> {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  const own = Object.entries((schema.properties as Record<string, JsonSchema> | undefined) ?? {});
  const found: Record<string, Property> = {};
  for (const branch of branchesOf(schema)) Object.assign(found, propertiesOf(branch));
  for (const [name, field] of own) found[name] = { schema: field, isRequired: required.has(name) };
  return found;
}

function without(schema: JsonSchema, names: string[]): JsonSchema {
  if (names.length === 0) return schema;
  const copy = { ...schema };
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    if (Array.isArray(copy[key]))
      copy[key] = (copy[key] as JsonSchema[]).map((branch) => without(branch, names));
  }
  if (copy.properties) {
    copy.properties = Object.fromEntries(
      Object.entries(copy.properties).filter(([name]) => !names.includes(name)),
    );
  }
  if (Array.isArray(copy.required)) {
    copy.required = copy.required.filter((name) => !names.includes(name));
    if ((copy.required as string[]).length === 0) delete copy.required;
  }
  return copy;
}

const branchesOf = (schema: JsonSchema) =>
  ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] as JsonSchema[] | undefined) ?? []);
