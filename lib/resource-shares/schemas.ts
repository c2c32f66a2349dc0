import { z } from 'zod';
import { accountUid, confirmation, isoTime } from '@/lib/schemas';

export const sharePermission = 'AliyunRSDefaultPermissionHBRVault';

export const InvitationStatus = z.enum(['pending', 'accepted', 'rejected', 'cancelled', 'expired']);

export const ResourceShare = z.object({
  id: z.string(),
  name: z.string(),
  principalScope: z.enum(['any_account', 'directory_only']),
  permission: z.string(),
  status: z.enum(['active', 'deleted']),
  vaults: z.array(z.object({ id: z.string(), name: z.string(), region: z.string() })),
  principals: z.array(
    z.object({
      type: z.enum(['account', 'directory', 'folder']),
      id: z.string(),
      name: z.string().nullable(),
      invitationStatus: InvitationStatus.nullable(),
      expiresAt: isoTime.nullable(),
    }),
  ),
  /** Replications that run into its vaults; the answer to "what stops when this share is deleted?". */
  activeReplications: z.array(
    z.object({
      id: z.string(),
      sourceAccountName: z.string(),
      sourceVaultName: z.string(),
      targetVaultName: z.string(),
    }),
  ),
  createdAt: isoTime,
});
export type ResourceShare = z.infer<typeof ResourceShare>;

export const ShareName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._-]{1,50}$/, 'Use 1 to 50 letters, digits, dots, hyphens or underscores.');

/** Adds vaults to a share: to an existing one (`shareId`), or to a new one made with name and principals. */
export const ShareVault = z.discriminatedUnion('mode', [
  z.object({
    mode: z.literal('existing'),
    vaultId: z.string(),
    shareId: z.string().min(1, 'Choose a resource share.'),
  }),
  z.object({
    mode: z.literal('new'),
    vaultId: z.string(),
    name: ShareName,
    principalScope: z.enum(['any_account', 'directory_only']).default('any_account'),
    principals: z
      .array(z.object({ type: z.literal('account'), id: accountUid }))
      .min(1, 'Add at least one account.')
      .max(20),
  }),
]);
export const AddPrincipal = z.object({ shareId: z.string(), accountId: accountUid });
/** Ends access at once; `confirm` is the share's name. */
export const DeleteResourceShare = z.object({ id: z.string(), confirm: confirmation });
export const CheckPrincipal = z.object({ accountId: accountUid });
export const CheckedPrincipal = z.object({ accountId: z.string(), name: z.string() });

export const Invitation = z.object({
  id: z.string(),
  shareId: z.string(),
  shareName: z.string(),
  owner: z.object({ accountId: z.string(), name: z.string() }),
  permission: z.string(),
  status: InvitationStatus,
  /** Seen once accepted; before that only how many. */
  vaultCount: z.number().int(),
  vaults: z.array(z.object({ id: z.string(), name: z.string(), region: z.string() })),
  recipient: z.object({ accountId: z.string(), name: z.string().nullable() }),
  createdAt: isoTime,
  /** Seven days after the invitation. */
  expiresAt: isoTime,
  respondedAt: isoTime.nullable(),
});
export type Invitation = z.infer<typeof Invitation>;
export const AnswerInvitation = z.object({ id: z.string() });

export const GetResourceShare = z.object({ id: z.string() });
/** `vaultId` narrows to the shares that hold this vault. */
export const ListResourceShares = z.object({ vaultId: z.string().optional() });
export const ListInvitations = z.object({ direction: z.enum(['received', 'sent']).default('received') });
