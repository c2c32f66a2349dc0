import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import { inAccount } from '@/db/client';
import { type ClientIdentity, clientContext, type EngineDoor, requireClient } from '@/lib/clients';
import type { HiddenObjects, HideObjects } from '@/lib/engine/wire-backint';
import { writeAudit } from '@/lib/verb';
import { findObjects } from './find-objects';
import { requireInstance } from './instance';

/**
 * What HANA's delete does: its objects are not found any more. A client deletes no bytes; those go with their point, by its
 * retention or by an administrator, and until then preparing a recovery brings them back.
 */
export function hideObjects(
  door: EngineDoor,
  identity: ClientIdentity,
  { instance, user, objects }: z.output<typeof HideObjects>,
): Promise<z.output<typeof HiddenObjects>> {
  const { accountId, clientId } = identity;
  return inAccount(door.db, accountId, async (tx) => {
    const { id: sourceId, name } = await requireInstance(tx, identity, instance);
    const isHidden: boolean[] = [];
    for (const { ebid, path } of objects) {
      const found = await findObjects(tx, { accountId, sourceId, user }, { ebid, path });
      isHidden.push(found.length > 0);
      if (found.length === 0) continue;
      await tx.execute(sql`
        update hana_objects set hidden_at = now()
        where account_id = ${accountId} and ebid = ${ebid}::uuid and user_name = ${user} and hidden_at is null`);
    }
    const count = isHidden.filter(Boolean).length;
    if (count > 0) {
      const client = await requireClient(tx, accountId, clientId);
      await writeAudit(clientContext(door, client), tx, 'hana.hide_objects', {
        resourceKind: 'data_source',
        resourceId: sourceId,
        resourceName: name,
        after: { user, count, objects: objects.filter((_, i) => isHidden[i]).slice(0, 20) },
      });
    }
    return { isHidden };
  });
}
