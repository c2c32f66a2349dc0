import { z } from 'zod';
import { StallingBackup } from '@/lib/backup-shares/schemas';
import { CrossvaultError } from '@/lib/errors';
import { KmsKey } from '@/lib/keys/schemas';
import { PausingReplication } from '@/lib/replication/schemas';
import { accountUid, confirmation, isoTime } from '@/lib/schemas';

export const sharePermission = 'AliyunRSDefaultPermissionHBRVault';
/** What a share gives of the keys in it. */
export const keyPermission = 'CrossvaultDefaultPermissionKey';

/** How many vaults one call adds to a share. */
export const vaultsPerCall = 5;
export const keysPerCall = 5;
/** How long what has ended stays listed. */
export const endedHours = 96;

export const InvitationStatus = z.enum(['pending', 'accepted', 'rejected', 'cancelled', 'expired', 'failed']);
/** Of a vault or a principal with its share; the two `…ing` states last until an answer comes or the engine has stopped. */
export const AssociationStatus = z.enum([
  'associating',
  'associated',
  'failed',
  'disassociating',
  'disassociated',
]);
export type AssociationStatus = z.infer<typeof AssociationStatus>;
export const PrincipalType = z.enum(['account', 'directory', 'folder']);

const SharedVault = z.object({ id: z.string(), name: z.string(), region: z.string() });
const SharedKey = z.object({ id: z.string(), alias: z.string().nullable(), state: KmsKey.shape.state });
const principalIds = {
  account: accountUid,
  directory: z.string().regex(/^rd-[0-9a-z]+$/, 'A resource directory id begins with rd-.'),
  folder: z.string().regex(/^fd-[0-9a-z]+$/, 'A folder id begins with fd-.'),
};
export const Principal = z.discriminatedUnion('type', [
  z.object({ type: z.literal('account'), id: principalIds.account }),
  z.object({ type: z.literal('directory'), id: principalIds.directory }),
  z.object({ type: z.literal('folder'), id: principalIds.folder }),
]);
export type Principal = z.infer<typeof Principal>;

/** Throws `invalid_input` at the field `id`. */
export function parsePrincipal({ type, id }: { type: Principal['type']; id: string }): Principal {
  const parsed = Principal.safeParse({ type, id: id.trim() });
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues[0]?.message ?? 'This is no principal.';
  throw new CrossvaultError('invalid_input', why, { fields: { id: why } });
}

export const ResourceShare = z.object({
  id: z.string(),
  name: z.string(),
  principalScope: z.enum(['any_account', 'directory_only']),
  permission: z.string(),
  /** `deleting` until the engine has put down what it was copying. */
  status: z.enum(['active', 'deleting', 'deleted']),
  /** Those in it now. */
  vaults: z.array(SharedVault),
  keys: z.array(SharedKey),
  /** What was taken out in the last days. */
  endedVaults: z.array(SharedVault.extend({ status: AssociationStatus, endedAt: isoTime })),
  endedKeys: z.array(SharedKey.extend({ endedAt: isoTime })),
  principals: z.array(
    z.object({
      type: PrincipalType,
      id: z.string(),
      /** Of the account, the folder, or the directory's management account. */
      name: z.string().nullable(),
      /** Invited from outside the directory. */
      isExternal: z.boolean(),
      status: AssociationStatus,
      /** Why it has failed or ended, in a sentence. */
      statusReason: z.string().nullable(),
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

const intoExisting = {
  mode: z.literal('existing'),
  shareId: z.string().min(1, 'Choose a resource share.'),
};
const intoNew = {
  mode: z.literal('new'),
  name: ShareName,
  principalScope: z.enum(['any_account', 'directory_only']).default('any_account'),
  principals: z.array(Principal).min(1, 'Add at least one principal.').max(20),
};
const NewShare = z.object(intoNew);
export type NewShare = z.infer<typeof NewShare>;

/** Adds a vault to a share: to an existing one (`shareId`), or to a new one made with name and principals. */
export const ShareVault = z.discriminatedUnion('mode', [
  z.object({ vaultId: z.string(), ...intoExisting }),
  z.object({ vaultId: z.string(), ...intoNew }),
]);
/** As `ShareVault`, for a key. */
export const ShareKey = z.discriminatedUnion('mode', [
  z.object({ keyId: z.string(), ...intoExisting }),
  z.object({ keyId: z.string(), ...intoNew }),
]);
export const AddPrincipal = z.object({
  shareId: z.string(),
  type: PrincipalType.default('account'),
  id: z.string(),
});
export const RemovePrincipal = z.object({ shareId: z.string(), type: PrincipalType, id: z.string() });
export const AddShareVaults = z.object({
  shareId: z.string(),
  vaultIds: z
    .array(z.string())
    .min(1, 'Choose at least one vault.')
    .max(vaultsPerCall, `At most ${vaultsPerCall} vaults at once.`),
});
export const AddShareKeys = z.object({
  shareId: z.string(),
  keyIds: z
    .array(z.string())
    .min(1, 'Choose at least one key.')
    .max(keysPerCall, `At most ${keysPerCall} keys at once.`),
});
export const RemoveShareKey = z.object({ shareId: z.string(), keyId: z.string() });
export const RemoveShareVault = z.object({ shareId: z.string(), vaultId: z.string() });
export const RenameResourceShare = z.object({ id: z.string(), name: ShareName });
/** Ends access at once; `confirm` is the share's name. */
export const DeleteResourceShare = z.object({ id: z.string(), confirm: confirmation });
export const CheckPrincipal = z.object({ accountId: accountUid });
/** `isInside`: in the directory of the asking account, so that nothing has to be accepted. */
export const CheckedPrincipal = z.object({
  accountId: z.string(),
  name: z.string(),
  isInside: z.boolean(),
});

export const Invitation = z.object({
  id: z.string(),
  shareId: z.string(),
  shareName: z.string(),
  owner: z.object({ accountId: z.string(), name: z.string() }),
  permission: z.string(),
  status: InvitationStatus,
  /** Why an acceptance could not be completed, or what ended one; in a sentence. */
  statusReason: z.string().nullable(),
  /** Seen once accepted; before that only how many. */
  vaultCount: z.number().int(),
  vaults: z.array(SharedVault),
  keyCount: z.number().int(),
  keys: z.array(SharedKey),
  recipient: z.object({ accountId: z.string(), name: z.string().nullable() }),
  createdAt: isoTime,
  /** Seven days after the invitation. */
  expiresAt: isoTime,
  respondedAt: isoTime.nullable(),
});
export type Invitation = z.infer<typeof Invitation>;
export const AnswerInvitation = z.object({ id: z.string() });

export const GetResourceShare = z.object({ id: z.string() });
/** `vaultId` and `keyId` narrow to the shares that hold it; `ended` are those deleted in the last days. */
export const ListResourceShares = z.object({
  vaultId: z.string().optional(),
  keyId: z.string().optional(),
  /** Of a vault in the share. */
  resourceGroupId: z.string().optional(),
  state: z.enum(['active', 'ended']).default('active'),
});
/** What would pause: without a vault, key or principal when the share is deleted. */
export const PreviewShareChange = z.object({
  id: z.string(),
  vaultId: z.string().optional(),
  keyId: z.string().optional(),
  principalType: PrincipalType.optional(),
  principalId: z.string().optional(),
});
export const SharePreview = z.object({
  pausing: z.array(PausingReplication),
  /** Shared backups that would wait for their key. */
  stalling: z.array(StallingBackup),
});

/** A share that reaches this account, by an accepted invitation or inside the directory. */
export const ReceivedShare = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.object({ accountId: z.string(), name: z.string() }),
  permission: z.string(),
  isExternal: z.boolean(),
  /** The principal by which it reaches this account. */
  through: z.object({ type: PrincipalType, id: z.string() }),
  since: isoTime,
  vaults: z.array(
    SharedVault.extend({
      encryption: z.enum(['service', 'kms']),
      status: z.enum(['initializing', 'created', 'error', 'deleting']),
    }),
  ),
  keys: z.array(SharedKey),
});
export type ReceivedShare = z.infer<typeof ReceivedShare>;
/** Gives an accepted share back; `confirm` is its name. */
export const LeaveShare = z.object({ id: z.string(), confirm: confirmation });
export const PreviewLeave = z.object({ id: z.string() });
export const ListInvitations = z.object({ direction: z.enum(['received', 'sent']).default('received') });
