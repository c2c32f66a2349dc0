import { z } from 'zod';
import * as accounts from '@/lib/accounts/schemas';
import * as audit from '@/lib/audit/schemas';
import * as backupPoints from '@/lib/backup-points/schemas';
import * as clients from '@/lib/clients/schemas';
import * as jobs from '@/lib/jobs/schemas';
import * as keys from '@/lib/keys/schemas';
import * as notifications from '@/lib/notifications/schemas';
import * as regions from '@/lib/regions/schemas';
import * as replication from '@/lib/replication/schemas';
import * as resourceGroups from '@/lib/resource-groups/schemas';
import * as resourceShares from '@/lib/resource-shares/schemas';
import * as restores from '@/lib/restores/schemas';
import * as storage from '@/lib/storage/schemas';
import * as ticker from '@/lib/ticker/schemas';
import * as vaults from '@/lib/vaults/schemas';
import { ErrorBody } from './error-body';

export type JsonSchema = Record<string, unknown>;

const modules = [
  { ErrorBody },
  accounts,
  audit,
  backupPoints,
  clients,
  jobs,
  keys,
  notifications,
  regions,
  replication,
  resourceGroups,
  resourceShares,
  restores,
  storage,
  ticker,
  vaults,
];

/** Schemas that a noun exports keep their name in the document. */
function namedSchemas() {
  const registry = z.registry<{ id: string }>();
  const taken = new Map<string, z.ZodType>();
  for (const [name, schema] of modules.flatMap((module) => Object.entries(module))) {
    if (!(schema instanceof z.ZodType)) continue;
    const other = taken.get(name);
    if (other === schema) continue;
    if (other) throw new Error(`Two nouns export different schemas named ${name}`);
    taken.set(name, schema);
    if (!registry.has(schema)) registry.add(schema, { id: name });
  }
  return registry;
}

/** JSON Schema of zod schemas for one document. */
export class SchemaWriter {
  readonly components: Record<string, JsonSchema> = {};
  private readonly registry = namedSchemas();

  /** As answers are: every field that is always there is required. What has a name goes to `components`. */
  output(schema: z.ZodType): JsonSchema {
    const { $defs = {}, ...root } = z.toJSONSchema(schema, {
      metadata: this.registry,
      io: 'output',
      unrepresentable: 'any',
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    for (const [name, definition] of Object.entries($defs)) this.components[name] = tidy(definition);
    return tidy(root);
  }

  /** As requests may be: fields with a default may be left out. Written in place, because few are used twice. */
  input(schema: z.ZodType): JsonSchema {
    const empty = z.registry<{ id: string }>();
    return tidy(
      z.toJSONSchema(schema, { metadata: empty, io: 'input', unrepresentable: 'any' }) as JsonSchema,
    );
  }
}

/** Without the names that zod leaves inside, with references into this document, open to fields of later versions. */
function tidy(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) => {
    if (key === '$schema' || (key === 'id' && typeof value === 'string')) return undefined;
    if (key === 'additionalProperties' && value === false) return undefined;
    return key === '$ref' ? String(value).replace('#/$defs/', '#/components/schemas/') : value;
  });
  return JSON.parse(text);
}
