import { z } from 'zod';
import { RoleName } from '@/lib/accounts/schemas';
import { StallingBackup } from '@/lib/backup-shares/schemas';
import { PausingReplication } from '@/lib/replication/schemas';
import { accountUid, confirmation, displayName, isoTime } from '@/lib/schemas';

export const DirectoryFolder = z.object({
  id: z.string(),
  /** Null for the root. */
  parentId: z.string().nullable(),
  name: z.string(),
  /** 0 for the root, at most 5. */
  depth: z.number().int(),
});
export type DirectoryFolder = z.infer<typeof DirectoryFolder>;

export const DirectoryMember = z.object({
  accountId: z.string(),
  name: z.string(),
  /** Null for the management account, which stands beside the tree. */
  folderId: z.string().nullable(),
  joinedBy: z.enum(['management', 'invited', 'created']),
  joinedAt: isoTime,
});
export type DirectoryMember = z.infer<typeof DirectoryMember>;

export const Directory = z.object({
  id: z.string(),
  rootFolderId: z.string(),
  /** What the asking account is in it. */
  role: z.enum(['management', 'member']),
  management: z.object({ accountId: z.string(), name: z.string() }),
  /** Null until the management account has enabled sharing with the directory. */
  sharingEnabledAt: isoTime.nullable(),
  createdAt: isoTime,
  folders: z.array(DirectoryFolder),
  members: z.array(DirectoryMember),
});
export type Directory = z.infer<typeof Directory>;
/** `directory` is null when the account is in none. */
export const OwnDirectory = z.object({ directory: Directory.nullable() });

export const DirectoryInvitation = z.object({
  id: z.string(),
  directoryId: z.string(),
  management: z.object({ accountId: z.string(), name: z.string() }),
  recipient: z.object({ accountId: z.string(), name: z.string().nullable() }),
  folderId: z.string(),
  note: z.string(),
  status: z.enum(['pending', 'accepted', 'declined', 'cancelled', 'expired']),
  createdAt: isoTime,
  /** Fourteen days after the invitation. */
  expiresAt: isoTime,
  respondedAt: isoTime.nullable(),
});
export type DirectoryInvitation = z.infer<typeof DirectoryInvitation>;

const folderName = z.string().trim().min(1, 'Enter a name.').max(24, 'At most 24 characters.');

export const NoInput = z.object({});
export const DisableDirectory = z.object({ confirm: confirmation });
export const CreateFolder = z.object({
  parentId: z.string().min(1, 'Choose a parent folder.'),
  name: folderName,
});
export const RenameFolder = z.object({ id: z.string(), name: folderName });
export const DeleteFolder = z.object({ id: z.string() });
/** Without a folder the account joins at the root. */
export const InviteMember = z.object({
  accountId: accountUid,
  folderId: z.string().optional(),
  note: z.string().trim().max(255, 'At most 255 characters.').default(''),
});
export const AnswerDirectoryInvitation = z.object({ id: z.string() });
export const CreateMember = z.object({
  name: displayName,
  folderId: z.string().optional(),
  administrator: z.object({
    name: displayName,
    email: z
      .email('Enter an e-mail address.')
      .max(254)
      .transform((value) => value.toLowerCase()),
  }),
});
/** `password` is shown once, here, and never again. */
export const CreatedMember = z.object({
  member: DirectoryMember,
  administrator: z.object({ email: z.string(), name: z.string(), role: RoleName, password: z.string() }),
});
export const MoveMember = z.object({ accountId: z.string(), folderId: z.string() });
/** `confirm` is the account's name. */
export const RemoveMember = z.object({ accountId: z.string(), confirm: confirmation });
/** What would pause: with `folderId` when the member is moved there, without when it is removed. */
export const PreviewMemberChange = z.object({ accountId: z.string(), folderId: z.string().optional() });
export const MemberChangePreview = z.object({
  pausing: z.array(PausingReplication),
  stalling: z.array(StallingBackup),
});
export const ListDirectoryInvitations = z.object({
  direction: z.enum(['received', 'sent']).default('received'),
});
