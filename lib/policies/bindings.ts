import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { clients, dataSources, policyBindings, vaults } from '@/db/schema';
import { violates } from '@/db/violations';
import { type Context, newId } from '@/lib/context';
import { CrossvaultError, notFound } from '@/lib/errors';
import { requireAbsolutePaths } from '@/lib/jobs';
import { bindingRefusal } from './binding-rules';
import type { BindingFields } from './schemas';

/** `at` is where the fields of the binding stand in the input, such as `bindings.2.`. */
export async function insertBinding(
  tx: Tx,
  ctx: Context,
  policyId: string,
  fields: BindingFields,
  { now, at = '' }: { now: Date; at?: string },
): Promise<string> {
  const { vault, client, source } = await loadEnds(tx, ctx.accountId, fields);
  const refusal = bindingRefusal(source.kind, vault);
  if (refusal) throw prefixed(refusal, at);
  if (client.revokedAt) {
    const why = 'The client of this data source was revoked. Choose another one, or enrol the host again.';
    throw new CrossvaultError('not_eligible', why, {
      reason: 'client_revoked',
      fields: { [`${at}sourceId`]: why },
    });
  }
  requirePaths(fields.paths, client.platform, at);
  const id = newId('pb');
  try {
    await tx.insert(policyBindings).values({
      accountId: ctx.accountId,
      id,
      policyId,
      sourceId: source.id,
      vaultId: vault.id,
      paths: [...new Set(fields.paths)],
      includes: [...new Set(fields.includes)],
      excludes: [...new Set(fields.excludes)],
      createdAt: now,
      createdBy: ctx.actor.name,
    });
  } catch (error) {
    throw violates(error, 'policy_binding_once') ? boundAlready(at) : error;
  }
  return id;
}

export function boundAlready(at = ''): CrossvaultError {
  const why = 'The policy backs up these folders into this vault already.';
  return new CrossvaultError('already_exists', why, {
    reason: 'bound_already',
    fields: { [`${at}paths`]: why },
  });
}

export function requirePaths(paths: readonly string[], platform: string, at = ''): void {
  requireAbsolutePaths(
    Object.fromEntries(paths.map((path, index) => [`${at}paths.${index}`, path])),
    platform,
  );
}

async function loadEnds(tx: Tx, accountId: string, { sourceId, vaultId }: BindingFields) {
  const [vault] = await tx
    .select()
    .from(vaults)
    .where(and(eq(vaults.accountId, accountId), eq(vaults.id, vaultId)))
    .for('share');
  if (!vault) throw notFound('vault');
  const [found] = await tx
    .select({ source: dataSources, client: clients })
    .from(dataSources)
    .innerJoin(clients, eq(clients.id, dataSources.clientId))
    .where(and(eq(dataSources.accountId, accountId), eq(dataSources.id, sourceId)));
  if (!found) throw notFound('data source');
  return { vault, ...found };
}

function prefixed({ code, message, reason, fields }: CrossvaultError, at: string): CrossvaultError {
  const moved = Object.fromEntries(
    Object.entries(fields ?? {}).map(([field, text]) => [`${at}${field}`, text]),
  );
  return new CrossvaultError(code, message, { reason, fields: moved });
}
