import { eq, sql } from 'drizzle-orm';
import { clients, dataSources } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { askAbout } from './ask';
import { fieldError, kindOf, lockSource, readSecret, requireRegistered, withoutSecret } from './internal';
import { requireRegistrable } from './kind-rules';
import { getDataSourceDto } from './list-data-sources';
import { SourceConfig, UpdateSource } from './schemas';
import { sealForEngine } from './source-secrets';

/** Renames a source, or changes how it is reached. What tells it from others stays: another bucket is another source. */
export const updateSource = writeVerb({
  action: 'sources.update',
  permission: 'sources.manage',
  input: UpdateSource,
  withoutSecrets: withoutSecret,
  async run({ ctx, tx, input, now, audit }) {
    const { accountId } = ctx;
    const source = await lockSource(tx, accountId, input.id);
    requireRegistered(source);
    const before = SourceConfig.parse(source.config);
    const config = input.config ?? before;
    requireSame(before, config);
    await requireRegistrable(tx, accountId, source.region, config);
    const name = input.name ?? source.name;
    await tx.update(dataSources).set({ name, config }).where(eq(dataSources.id, source.id));
    if (input.secret) {
      const secret = readSecret(config, input.secret);
      const sealed = await sealForEngine(tx, { accountId, id: source.id }, secret);
      await tx.execute(sql`select put_source_secret(${source.id}, ${sealed})`);
    }
    const [client] = await tx.select().from(clients).where(eq(clients.id, source.clientId));
    invariant(client, "a source's client exists");
    const about = { source: { id: source.id, kind: source.kind, name, region: source.region, config } };
    await askAbout(tx, ctx, { client, ask: 'check', about, now });
    await audit({
      resourceKind: 'data_source',
      resourceId: source.id,
      resourceName: name,
      before: { name: source.name, config: before },
      after: { name, config, isSecretReplaced: Boolean(input.secret) },
    });
    return getDataSourceDto(tx, accountId, source.id, now);
  },
});

function requireSame(before: SourceConfig, after: SourceConfig): void {
  const other = 'This says which data source it is. Register another one instead.';
  if (before.kind !== after.kind) throw fieldError('config.kind', other);
  for (const field of kindOf(before).fixedFields) {
    const [was, is] = [before, after].map((config) => (config as Record<string, unknown>)[field]);
    if (JSON.stringify(was) !== JSON.stringify(is)) throw fieldError(`config.${field}`, other);
  }
}
