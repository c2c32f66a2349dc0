import {
  acceptDirectoryInvitation,
  cancelDirectoryInvitation,
  createFolder,
  declineDirectoryInvitation,
  enableDirectory,
  enableDirectorySharing,
  inviteMember,
  moveMember,
  removeMember,
} from '@/lib/directory';
import type { Directory } from '@/lib/directory/schemas';
import { type CommandKind, commandKind, type Outcome } from './command';
import type { Random } from './random';
import type { ModelDirectory, ModelDirectoryInvitation, State } from './state';

export const directoryCommands: CommandKind[] = [
  commandKind<Directory>({
    weight: 1.5,
    choose(state, random) {
      const accountId = random.pick(state.accountIds)!;
      return {
        told: `${accountId} enables a directory`,
        expected: state.directoryOf(accountId) ? 'state_conflict' : 'ok',
        run: (world) => enableDirectory(world.as(accountId), {}),
        apply({ id, rootFolderId }) {
          state.directories.set(id, {
            id,
            managementId: accountId,
            isSharing: false,
            parents: new Map([[rootFolderId, null]]),
            members: new Map([[accountId, null]]),
          });
        },
      };
    },
  }),
  commandKind({
    weight: 1.5,
    choose(state, random) {
      const accountId = random.pick(state.accountIds)!;
      const directory = managedBy(state, accountId);
      return {
        told: `${accountId} enables sharing with its directory`,
        expected: directory ? 'ok' : 'not_eligible',
        run: (world) => enableDirectorySharing(world.as(accountId), {}),
        apply() {
          directory!.isSharing = true;
        },
      };
    },
  }),
  commandKind<{ id: string }>({
    weight: 1.5,
    choose(state, random) {
      const { accountId, directory } = pickManager(state, random);
      const parentId = pickFolder(state, random);
      if (!parentId) return null;
      return {
        told: `${accountId} makes a folder in ${parentId}`,
        expected: expectInTree(directory, parentId),
        run: (world) =>
          createFolder(world.as(accountId), { parentId, name: `folder ${random.below(1_000_000)}` }),
        apply({ id }) {
          directory!.parents.set(id, parentId);
        },
      };
    },
  }),
  commandKind<{ id: string }>({
    weight: 4,
    choose(state, random) {
      const { accountId, directory } = pickManager(state, random);
      const recipientId = random.pick(state.accountIds)!;
      const folderId = random.pick([...(directory?.parents.keys() ?? ['fd-none'])])!;
      return {
        told: `${accountId} invites ${recipientId} into the folder ${folderId}`,
        expected: expectInvitation(state, directory, accountId, recipientId),
        run: (world) => inviteMember(world.as(accountId), { accountId: recipientId, folderId }),
        apply({ id }) {
          const made = { id, directoryId: directory!.id, recipientId, folderId, isOpen: true };
          state.directoryInvitations.set(id, made);
        },
      };
    },
  }),
  answerCommand('accepts', 6, acceptDirectoryInvitation),
  answerCommand('declines', 1, declineDirectoryInvitation),
  answerCommand('cancels', 1, cancelDirectoryInvitation),
  commandKind({
    weight: 2.5,
    choose(state, random) {
      const { accountId, directory } = pickManager(state, random);
      const memberId = random.pick(state.accountIds)!;
      const folderId = pickFolder(state, random);
      if (!folderId) return null;
      const expected = expectMember(directory, memberId);
      return {
        told: `${accountId} moves ${memberId} to the folder ${folderId}`,
        expected: expected === 'ok' && !directory!.parents.has(folderId) ? 'not_found' : expected,
        run: (world) => moveMember(world.as(accountId), { accountId: memberId, folderId }),
        apply() {
          directory!.members.set(memberId, folderId);
        },
      };
    },
  }),
  commandKind({
    weight: 1,
    choose(state, random) {
      const { accountId, directory } = pickManager(state, random);
      const memberId = random.pick(state.accountIds)!;
      return {
        told: `${accountId} removes the member ${memberId}`,
        expected: expectMember(directory, memberId),
        run: (world) =>
          removeMember(world.as(accountId), {
            accountId: memberId,
            confirm: world.members.get(memberId)!.name,
          }),
        apply() {
          endInside(state, directory!, memberId);
          directory!.members.delete(memberId);
        },
      };
    },
  }),
];

function answerCommand(
  word: 'accepts' | 'declines' | 'cancels',
  weight: number,
  verb: typeof acceptDirectoryInvitation,
): CommandKind {
  return commandKind({
    weight,
    choose(state, random) {
      const all = [...state.directoryInvitations.values()];
      const open = all.filter(({ isOpen }) => isOpen);
      const invitation = random.pick(open.length > 0 && random.chance(0.8) ? open : all);
      if (!invitation) return null;
      const directory = state.directories.get(invitation.directoryId)!;
      const rightful = word === 'cancels' ? directory.managementId : invitation.recipientId;
      const accountId = random.chance(0.8) ? rightful : random.pick(state.accountIds)!;
      return {
        told: `${accountId} ${word} the directory invitation ${invitation.id}`,
        expected: accountId === rightful ? expectAnswer(state, invitation, word) : 'not_found',
        run: (world) => verb(world.as(accountId), { id: invitation.id }),
        apply() {
          invitation.isOpen = false;
          if (word === 'accepts') directory.members.set(accountId, invitation.folderId);
        },
      };
    },
  });
}

function managedBy(state: State, accountId: string): ModelDirectory | undefined {
  return [...state.directories.values()].find(({ managementId }) => managementId === accountId);
}

function pickManager(state: State, random: Random) {
  const managers = [...state.directories.values()].map(({ managementId }) => managementId);
  const accountId =
    random.pick(managers.length > 0 && random.chance(0.85) ? managers : state.accountIds) ?? '';
  return { accountId, directory: managedBy(state, accountId) };
}

function pickFolder(state: State, random: Random): string | undefined {
  return random.pick([...state.directories.values()].flatMap(({ parents }) => [...parents.keys()]));
}

function expectInTree(directory: ModelDirectory | undefined, folderId: string): Outcome {
  if (!directory) return 'not_eligible';
  if (!directory.parents.has(folderId)) return 'not_found';
  return depthOf(directory, folderId) < 5 ? 'ok' : 'not_eligible';
}

function depthOf({ parents }: ModelDirectory, folderId: string): number {
  let depth = 0;
  for (let at = parents.get(folderId); at; at = parents.get(at)) depth += 1;
  return depth;
}

function expectInvitation(
  state: State,
  directory: ModelDirectory | undefined,
  accountId: string,
  recipientId: string,
): Outcome {
  if (!directory) return 'not_eligible';
  if (recipientId === accountId) return 'invalid_input';
  if (state.directoryOf(recipientId)) return 'not_eligible';
  const isOpen = [...state.directoryInvitations.values()].some(
    (one) => one.isOpen && one.directoryId === directory.id && one.recipientId === recipientId,
  );
  return isOpen ? 'already_exists' : 'ok';
}

function expectAnswer(state: State, invitation: ModelDirectoryInvitation, word: string): Outcome {
  if (!invitation.isOpen) return 'state_conflict';
  return word === 'accepts' && state.directoryOf(invitation.recipientId) ? 'state_conflict' : 'ok';
}

function expectMember(directory: ModelDirectory | undefined, memberId: string): Outcome {
  if (!directory || memberId === directory.managementId) return 'not_eligible';
  return directory.members.has(memberId) ? 'ok' : 'not_found';
}

/** What rests on the common directory ends for good with a membership. */
function endInside(state: State, { members }: ModelDirectory, memberId: string): void {
  for (const share of state.shares.values()) {
    if (!members.has(share.ownerId)) continue;
    share.inside = share.inside.filter(
      (principal) => share.ownerId !== memberId && principal.id !== memberId,
    );
  }
}
