import type { Tx } from '@/db/client';
import { findDirectory, sharingUse } from '@/lib/directory';
import { CrossvaultError } from '@/lib/errors';
import { judgePrincipal, type PrincipalContext } from './association';
import { findAccountName } from './internal';
import type { Principal } from './schemas';

export interface ResolvedPrincipal {
  type: Principal['type'];
  id: string;
  external: boolean;
}

interface Wanted {
  accountId: string;
  scope: PrincipalContext['scope'];
  principals: readonly Principal[];
  /** The dotted path of the principal at a place, for the message at its field. */
  field(index: number): string;
}

/**
 * Checks principals that someone wants to share with. Throws `invalid_input` with a message for each field that names
 * nothing that can be named here.
 */
export async function resolvePrincipals(tx: Tx, wanted: Wanted): Promise<ResolvedPrincipal[]> {
  const context = await readContext(tx, wanted);
  const fields: Record<string, string> = {};
  const resolved: ResolvedPrincipal[] = [];
  for (const [index, principal] of wanted.principals.entries()) {
    const earlier = wanted.principals.findIndex(
      ({ type, id }) => type === principal.type && id === principal.id,
    );
    const verdict = judgePrincipal(principal, context);
    if (!verdict.isFit) fields[wanted.field(index)] = verdict.why;
    else if (earlier < index) fields[wanted.field(index)] = 'This is in the list already.';
    else if (verdict.external && (await findAccountName(tx, principal.id)) === null) {
      fields[wanted.field(index)] = 'No account has this UID. Check the 16 digits with its administrator.';
    } else resolved.push({ ...principal, external: verdict.external });
  }
  if (Object.keys(fields).length > 0) {
    throw new CrossvaultError('invalid_input', 'Some principals cannot be added. Nothing was changed.', {
      fields,
    });
  }
  return resolved;
}

async function readContext(tx: Tx, { accountId, scope }: Wanted): Promise<PrincipalContext> {
  const directory = await findDirectory(tx, accountId);
  const use = sharingUse(directory);
  return {
    ownerAccountId: accountId,
    scope,
    directory:
      directory && use.isUsable
        ? {
            isUsable: true,
            id: directory.id,
            memberIds: new Set(directory.members.map((member) => member.accountId)),
            folderIds: new Set(
              directory.folders.filter(({ parentId }) => parentId !== null).map(({ id }) => id),
            ),
          }
        : { isUsable: false, explanation: use.isUsable ? '' : use.explanation },
  };
}
