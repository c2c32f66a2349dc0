import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { foreseeKeyLoss } from '@/lib/backup-shares';
import { CrossvaultError } from '@/lib/errors';
import { foreseePausing } from '@/lib/replication';
import { readVerb } from '@/lib/verb';
import { endKey, endPrincipal, endShare, endVault } from './disassociate';
import { lockShare, type ShareRow } from './internal';
import { PreviewLeave, PreviewShareChange, parsePrincipal } from './schemas';

type Change = z.output<typeof PreviewShareChange>;

/** What would stand still if a share were deleted, or a principal, vault or key taken out of it. */
export const previewShareChange = readVerb({
  action: 'resource_shares.preview_change',
  permission: 'shares.read',
  input: PreviewShareChange,
  async run({ ctx, tx, input, now }) {
    const share = await lockShare(tx, ctx.accountId, input.id);
    return foresee(tx, (at) => makeChange(at, share, input, now));
  },
});

function makeChange(tx: Tx, share: ShareRow, change: Change, now: Date): Promise<unknown> {
  const { vaultId, keyId, principalType, principalId } = change;
  if (vaultId !== undefined) return endVault(tx, share, vaultId, now);
  if (keyId !== undefined) return endKey(tx, share, keyId, now);
  if (principalType === undefined && principalId === undefined) return endShare(tx, share, now);
  if (principalType === undefined || principalId === undefined) {
    throw new CrossvaultError('invalid_input', 'A principal has a type and an id.');
  }
  return endPrincipal(tx, share, parsePrincipal({ type: principalType, id: principalId }), now);
}

/** What of this account would stand still if it left a share. */
export const previewLeave = readVerb({
  action: 'resource_shares.preview_leave',
  permission: 'shares.read',
  input: PreviewLeave,
  run: ({ tx, input }) => foresee(tx, (at) => at.execute(sql`select leave_share(${input.id})`)),
});

const foresee = async (tx: Tx, change: (tx: Tx) => Promise<unknown>) => ({
  pausing: await foreseePausing(tx, change),
  stalling: await foreseeKeyLoss(tx, change),
});
