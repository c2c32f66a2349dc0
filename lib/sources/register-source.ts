import { sql } from 'drizzle-orm';
import { dataSources } from '@/db/schema';
import { violates } from '@/db/violations';
import { newId } from '@/lib/context';
import { CrossvaultError } from '@/lib/errors';
import { writeVerb } from '@/lib/verb';
import { askAbout } from './ask';
import { findServingClient, kindOf, readSecret, withoutSecret } from './internal';
import { requireRegistrable } from './kind-rules';
import { getDataSourceDto } from './list-data-sources';
import { RegisterSource } from './schemas';
import { sealForEngine } from './source-secrets';

/** Registers what is to be backed up or restored to, and has its client look at it at once. */
export const registerSource = writeVerb({
  action: 'sources.register',
  permission: 'sources.manage',
  input: RegisterSource,
  withoutSecrets: withoutSecret,
  async run({ ctx, tx, input, now, audit }) {
    const { accountId } = ctx;
    const { config } = input;
    const kind = kindOf(config);
    const client = await findServingClient(tx, accountId, config, input);
    const knownAs = await requireRegistrable(tx, accountId, client.region, config);
    const secret = readSecret(config, input.secret);
    const id = newId('ds');
    const name = (input.name ?? knownAs ?? kind.defaultName(config)).slice(0, 64);
    const source = {
      accountId,
      id,
      kind: config.kind,
      clientId: client.id,
      item: kind.item(config),
      name,
      config,
      createdBy: ctx.actor.name,
      createdAt: now,
    };
    try {
      await tx.insert(dataSources).values(source);
    } catch (error) {
      throw violates(error, 'data_sources_client_id_kind_item_key') ? registeredAlready(name) : error;
    }
    if (secret !== null) {
      const sealed = await sealForEngine(tx, { accountId, id }, secret);
      await tx.execute(sql`select put_source_secret(${id}, ${sealed})`);
    }
    const about = { source: { id, kind: config.kind, name, region: client.region, config } };
    await askAbout(tx, ctx, { client, ask: 'check', about, now });
    await audit({
      resourceKind: 'data_source',
      resourceId: id,
      resourceName: name,
      after: { kind: config.kind, region: client.region, clientId: client.id, config },
    });
    return getDataSourceDto(tx, accountId, id, now);
  },
});

function registeredAlready(name: string): CrossvaultError {
  return new CrossvaultError('already_exists', `${name} is registered already.`, {
    reason: 'source_registered',
  });
}
