import type { keyGrants } from '@/db/schema';
import type { KeyGrant } from './schemas';

export type KeyGrantRow = typeof keyGrants.$inferSelect;

export function toKeyGrant(row: KeyGrantRow, accountId: string): KeyGrant {
  return {
    id: row.id,
    direction: row.accountId === accountId ? 'given' : 'received',
    key: { id: row.keyId, alias: row.keyAlias },
    owner: { accountId: row.accountId, name: row.ownerName },
    grantee: { accountId: row.granteeAccountId, name: row.granteeName, projectId: row.granteeProjectId },
    purpose: row.purpose,
    status: row.retiredAt ? 'retired' : 'active',
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    retiredAt: row.retiredAt?.toISOString() ?? null,
    retiredBy: row.retiredBy,
  };
}
