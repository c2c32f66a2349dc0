import { z } from 'zod';

type Schema = {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  exclusiveMinimum?: number;
  format?: string;
  pattern?: string;
  default?: unknown;
};

export interface Forgery {
  /** What stands wherever the input names something. */
  id: string;
  /** What stands in names that are typed to confirm. */
  confirm: string;
}

/**
 * Inputs that name `id` in every place where an input of this schema can name something, for each branch of it one with
 * all its fields and one with those that it needs. What is no id gets a value that the schema takes, so that the verb
 * comes as far as looking the thing up.
 */
export function forgeInputs(input: z.ZodType, forgery: Forgery): Record<string, unknown>[] {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Schema;
  const branches = schema.oneOf ?? schema.anyOf ?? [schema];
  const forged = branches.flatMap((branch) => [
    forge(branch, '', forgery) as Record<string, unknown>,
    forge({ ...branch, properties: requiredOf(branch) }, '', forgery) as Record<string, unknown>,
  ]);
  return [...new Map(forged.map((one) => [JSON.stringify(one), one])).values()];
}

function requiredOf({ properties = {}, required = [] }: Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => required.includes(key)));
}

function forge(schema: Schema, name: string, forgery: Forgery): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches) return forge(branches[0] ?? {}, name, forgery);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, of]) => [key, forge(of, key, forgery)]),
      );
    case 'array':
      return [forge(schema.items ?? {}, name, forgery)];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, schema.exclusiveMinimum ?? 0, 1);
    case 'boolean':
      return true;
    case 'string':
      return forgeText(schema, name, forgery);
    default:
      return schema.default ?? forgery.id;
  }
}

const texts: Record<string, string> = {
  name: 'mine',
  email: 'mine@example.test',
  description: '',
  note: '',
  region: 'cn-hangzhou',
  path: '',
  cursor: '',
};

function forgeText(schema: Schema, name: string, { id, confirm }: Forgery): string {
  if (name === 'confirm') return confirm;
  if (schema.format === 'date-time') return new Date().toISOString();
  if (schema.format === 'email') return 'mine@example.test';
  if (schema.pattern && new RegExp(schema.pattern).test(id)) return id;
  return texts[name] ?? id;
}
