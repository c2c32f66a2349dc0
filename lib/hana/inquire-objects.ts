import type { z } from 'zod';
import { inAccount } from '@/db/client';
import type { ClientIdentity, EngineDoor } from '@/lib/clients';
import type { InquiredObjects, InquireObjects } from '@/lib/engine/wire-backint';
import { findObjects } from './find-objects';
import { requireInstance } from './instance';

/** What HANA asks its agent for: the objects of a name, one version of it, or all. */
export function inquireObjects(
  door: EngineDoor,
  identity: ClientIdentity,
  { instance, user, queries }: z.output<typeof InquireObjects>,
): Promise<z.output<typeof InquiredObjects>> {
  const { accountId } = identity;
  return inAccount(door.db, accountId, async (tx) => {
    const scope = { accountId, sourceId: (await requireInstance(tx, identity, instance)).id, user };
    const answers: z.output<typeof InquiredObjects>['answers'] = [];
    for (const query of queries) {
      const found = await findObjects(tx, scope, query);
      answers.push(found.map(({ ebid, path, bytes, savedAt }) => ({ ebid, path, bytes, savedAt })));
    }
    return { answers };
  });
}
