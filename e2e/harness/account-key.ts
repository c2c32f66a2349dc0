import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { kmsKeys } from '@/db/schema';
import { openObject } from '@/lib/engine/core/sealed-object';
import { formatServiceKey, parseServiceKey } from '@/lib/engine/core/service-key';
import { asDatabaseOwner } from './database';
import { installation } from './installation';

/** Writes the material of an account's KMS key to a file that `crossvault rescue` takes. */
export async function exportAccountKey(keyId: string, file: string): Promise<void> {
  const key = await asDatabaseOwner((db) => db.query.kmsKeys.findFirst({ where: eq(kmsKeys.id, keyId) }));
  if (!key?.wrappedMaterial) throw new Error(`The key ${keyId} has no material`);
  const serviceKey = parseServiceKey(
    readFileSync(join(installation().dataDir, 'secrets/service.key'), 'utf8'),
  );
  const context = { kind: 'vaultKey', vaultId: key.accountId, objectName: `kms/${key.id}` } as const;
  writeFileSync(file, formatServiceKey(openObject(context, serviceKey.key, key.wrappedMaterial)), {
    mode: 0o600,
  });
}
