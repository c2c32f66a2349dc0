import { describe, expect, test } from 'vitest';
import { errorCodes } from '@/lib/errors';
import { buildOpenApi } from './openapi';
import type { JsonSchema } from './openapi-schemas';
import { routes } from './routes';

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: JsonSchema; $ref?: string }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: JsonSchema }> }>;
}

const document = buildOpenApi(routes, '1.2.3');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
);
const operationOf = (method: string, path: string) => document.paths[`/api/v1${path}`]?.[method] as Operation;

describe('the OpenAPI document', () => {
  test('has each route of the table once', () => {
    const expected = routes.map((route) => `${route.method.toLowerCase()} /api/v1${route.path}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(expected.sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(routes.length);
  });

  test('refers only to things it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, pointer]) => pointer!,
    );
    expect(references.length).toBeGreaterThan(50);
    for (const pointer of references) {
      const found = pointer
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(found, pointer).toBeTypeOf('object');
    }
  });

  test.each(operations)(
    '$method $path declares each field of its path and no body on a read',
    ({ method, path, operation }) => {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(declared.map((parameter) => parameter.name).sort()).toEqual(named.sort());
      expect(declared.every((parameter) => parameter.required)).toBe(true);
      if (method === 'get' || method === 'delete') expect(operation.requestBody).toBeUndefined();
      const fields = Object.keys(
        (operation.requestBody?.content['application/json']?.schema.properties as object) ?? {},
      );
      for (const name of named) expect(fields).not.toContain(name);
    },
  );

  test.each(operations)(
    '$method $path answers one success and the refusals that may happen',
    ({ operation }) => {
      const statuses = Object.keys(operation.responses);
      expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1);
      for (const status of ['400', '401', '403', '404', '500', '503']) expect(statuses).toContain(status);
    },
  );

  test('takes an idempotency key where something is written and nowhere else', () => {
    for (const route of routes) {
      const { parameters = [] } = operationOf(route.method.toLowerCase(), route.path);
      const takesKey = parameters.some((parameter) => parameter.$ref?.endsWith('/IdempotencyKey') ?? false);
      expect(takesKey, `${route.method} ${route.path}`).toBe(route.verb.kind === 'write');
    }
  });

  test('names every code of the closed list, under its status', () => {
    const described = JSON.stringify(document.components.responses);
    for (const [code, { httpStatus }] of Object.entries(errorCodes)) {
      expect(described).toContain(`\`${code}\``);
      expect(document.components.responses).toHaveProperty(`Error${httpStatus}`);
    }
  });

  test('writes the input of a POST as its body, with what may be left out not required', () => {
    const schema = operationOf('post', '/vaults').requestBody?.content['application/json']?.schema;
    expect(Object.keys(schema?.properties as object)).toContain('encryption');
    expect(schema?.required).toEqual(['name', 'region', 'resourceGroupId']);
  });

  test('writes the input of a GET as its query', () => {
    const { parameters } = operationOf('get', '/vaults');
    expect(parameters).toContainEqual(
      expect.objectContaining({
        name: 'sort',
        in: 'query',
        schema: expect.objectContaining({ default: 'createdAt' }),
      }),
    );
  });

  test('refers to a named schema for what it answers', () => {
    const answer = operationOf('get', '/vaults/{id}').responses['200']?.content?.['application/json']?.schema;
    expect(answer).toEqual({ $ref: '#/components/schemas/Vault' });
    expect(document.components.schemas.Vault).toMatchObject({
      type: 'object',
      required: expect.arrayContaining(['id']),
    });
  });

  test('knows the two ways in', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['accessKey', 'session']);
  });
});
