import { and, eq } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type clients, dataSources } from '@/db/schema';
import { ensureRegionClient, requireClient } from '@/lib/clients';
import { CrossvaultError, notFound } from '@/lib/errors';
import { requireRegion, requireSourceKind } from '@/lib/regions';
import { parseInput } from '@/lib/verb';
import { findRegisteredKind, type SourceConfig } from './schemas';

export type SourceRow = typeof dataSources.$inferSelect;
export type ClientRow = typeof clients.$inferSelect;

/** A source of the account with its client, locked until the transaction ends. @throws `not_found`. */
export async function lockSource(tx: Tx, accountId: string, id: string): Promise<SourceRow> {
  const [source] = await tx
    .select()
    .from(dataSources)
    .where(and(eq(dataSources.accountId, accountId), eq(dataSources.id, id)))
    .for('update');
  if (!source) throw notFound('data source');
  return source;
}

export function kindOf(config: Pick<SourceConfig, 'kind'>) {
  const kind = findRegisteredKind(config.kind);
  if (kind && !kind.comesWithThing) return kind;
  throw new CrossvaultError('invalid_input', 'This kind of data source is not registered by hand.');
}

/** Sources that a host brings with it cannot be changed or removed by themselves. */
export function requireRegistered(source: SourceRow): void {
  const kind = findRegisteredKind(source.kind);
  if (kind && !kind.comesWithThing) return;
  throw new CrossvaultError(
    'not_eligible',
    kind
      ? 'This data source is made and removed with the disk or the server that it is.'
      : 'This data source comes with its client: it is there as long as the client is.',
    { reason: kind ? 'source_comes_with_thing' : 'source_comes_with_client' },
  );
}

/** The client that serves a source of this kind: the one that was chosen, or that of the region. */
export async function findServingClient(
  tx: Tx,
  accountId: string,
  config: SourceConfig,
  given: { region?: string; clientId?: string },
): Promise<ClientRow> {
  const { kind, servedBy } = kindOf(config);
  if (servedBy === 'region') {
    const region = requireRegion(given.region ?? '');
    requireSourceKind(region, kind);
    return ensureRegionClient(tx, accountId, region.id);
  }
  if (!given.clientId) throw fieldError('clientId', 'Choose the client of the host that it is on.');
  const client = await requireClient(tx, accountId, given.clientId);
  if (client.revokedAt) {
    const why = 'This client was revoked. Choose another one, or enrol the host again.';
    throw new CrossvaultError('not_eligible', why, { reason: 'client_revoked', fields: { clientId: why } });
  }
  requireSourceKind(requireRegion(client.region), kind);
  return client;
}

/** The secret as the kind has it, or null. @throws `invalid_input` at `secret.…`. */
export function readSecret(config: SourceConfig, given: unknown): unknown {
  const { secret } = kindOf(config);
  if (!secret) return null;
  try {
    return parseInput(secret, given ?? {});
  } catch (error) {
    if (!(error instanceof CrossvaultError)) throw error;
    const fields = Object.entries(error.fields ?? {}).map(([field, text]) => [`secret.${field}`, text]);
    throw new CrossvaultError(error.code, error.message, { fields: Object.fromEntries(fields) });
  }
}

export function fieldError(field: string, message: string): CrossvaultError {
  return new CrossvaultError('invalid_input', 'Some fields need another value. Nothing was changed.', {
    fields: { [field]: message },
  });
}

/** Without anything secret, for those who keep or compare inputs. */
export function withoutSecret<T extends { secret?: unknown }>({ secret: _, ...rest }: T): Omit<T, 'secret'> {
  return rest;
}
