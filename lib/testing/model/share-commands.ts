import {
  acceptInvitation,
  cancelInvitation,
  deleteResourceShare,
  leaveShare,
  listInvitations,
  rejectInvitation,
  removeShareVault,
  shareVault,
} from '@/lib/resource-shares';
import type { World } from './accounts';
import { type CommandKind, commandKind, type Outcome } from './command';
import type { Random } from './random';
import type { Answer, ModelPrincipal, ModelShare, ModelVault, State } from './state';

interface Shared {
  shareId: string;
  invitationId: string | null;
}

export const shareCommands: CommandKind[] = [
  commandKind<Shared>({
    weight: 8,
    choose(state, random) {
      const vault = pickTarget(state, random);
      if (!vault) return null;
      const accountId = random.chance(0.85) ? vault.accountId : random.pick(state.accountIds)!;
      const principal = pickPrincipal(state, random);
      const name = `share-${random.below(1_000_000)}`;
      const isInvited = principal.type === 'account' && !isInside(state, accountId, principal.id);
      return {
        told: `${accountId} shares the vault ${vault.id} with ${principal.id} by the new share ${name}`,
        expected: expectNewShare(state, accountId, vault, principal),
        async run(world) {
          const input = { mode: 'new' as const, vaultId: vault.id, name, principals: [principal] };
          const { id: shareId } = await shareVault(world.as(accountId), input);
          const invitationId = isInvited ? await findInvitation(world, principal.id, shareId) : null;
          return { shareId, invitationId };
        },
        apply({ shareId, invitationId }) {
          const vaultIds = new Set([vault.id]);
          const inside = isInvited ? [] : [principal];
          state.shares.set(shareId, {
            id: shareId,
            name,
            ownerId: accountId,
            vaultIds,
            inside,
            isDeleted: false,
          });
          if (!isInvited) return;
          const id = invitationId!;
          state.invitations.set(id, { id, shareId, recipientId: principal.id, answer: 'pending' });
        },
      };
    },
  }),
  commandKind({
    weight: 3,
    choose(state, random) {
      const vault = pickTarget(state, random);
      const share = pickOpen(random, [...state.shares.values()], ({ isDeleted }) => !isDeleted);
      if (!vault || !share) return null;
      const accountId = random.chance(0.8) ? share.ownerId : random.pick(state.accountIds)!;
      return {
        told: `${accountId} adds the vault ${vault.id} to the share ${share.id}`,
        expected: expectAddition(state, accountId, vault, share),
        run: (world) =>
          shareVault(world.as(accountId), { mode: 'existing', vaultId: vault.id, shareId: share.id }),
        apply() {
          share.vaultIds.add(vault.id);
        },
      };
    },
  }),
  commandKind({
    weight: 1.5,
    choose(state, random) {
      const share = pickOpen(random, [...state.shares.values()], ({ isDeleted }) => !isDeleted);
      const vaultId = random.pick([...(share?.vaultIds ?? [])]);
      if (!share || !vaultId) return null;
      const accountId = pickMostly(random, share.ownerId, state);
      return {
        told: `${accountId} takes the vault ${vaultId} out of the share ${share.id}`,
        expected: accountId === share.ownerId && !share.isDeleted ? 'ok' : 'not_found',
        run: (world) => removeShareVault(world.as(accountId), { shareId: share.id, vaultId }),
        apply() {
          share.vaultIds.delete(vaultId);
        },
      };
    },
  }),
  commandKind({
    weight: 1.5,
    choose(state, random) {
      const accepted = [...state.invitations.values()].filter(({ answer }) => answer === 'accepted');
      const invitation = random.pick(accepted);
      if (!invitation) return null;
      const share = state.shares.get(invitation.shareId)!;
      const accountId = pickMostly(random, invitation.recipientId, state);
      const mine = [...state.invitations.values()].find(
        (one) => one.shareId === share.id && one.recipientId === accountId && one.answer === 'accepted',
      );
      if (!mine && state.sharingDirectoryOf(accountId)) return null;
      return {
        told: `${accountId} leaves the share ${share.id}`,
        expected: mine ? 'ok' : 'not_found',
        run: (world) => leaveShare(world.as(accountId), { id: share.id, confirm: share.name }),
        apply() {
          mine!.answer = 'cancelled';
        },
      };
    },
  }),
  answerCommand('accepts', 'accepted', 8, acceptInvitation),
  answerCommand('rejects', 'rejected', 2, rejectInvitation),
  answerCommand('cancels', 'cancelled', 2, cancelInvitation),
  commandKind({
    weight: 2,
    choose(state, random) {
      const share = random.pick([...state.shares.values()]);
      if (!share) return null;
      const accountId = random.chance(0.7) ? share.ownerId : random.pick(state.accountIds)!;
      return {
        told: `${accountId} deletes the share ${share.id}`,
        expected: accountId === share.ownerId && !share.isDeleted ? 'ok' : 'not_found',
        run: (world) => deleteResourceShare(world.as(accountId), { id: share.id, confirm: share.name }),
        apply() {
          share.isDeleted = true;
          for (const invitation of state.invitations.values()) {
            if (invitation.shareId !== share.id) continue;
            if (['pending', 'accepted'].includes(invitation.answer)) invitation.answer = 'cancelled';
          }
        },
      };
    },
  }),
];

function answerCommand(
  word: string,
  answer: Exclude<Answer, 'pending'>,
  weight: number,
  verb: typeof acceptInvitation,
): CommandKind {
  return commandKind({
    weight,
    choose(state, random) {
      const invitation = pickOpen(random, [...state.invitations.values()], isOpen);
      if (!invitation) return null;
      const { ownerId } = state.shares.get(invitation.shareId)!;
      const rightful = answer === 'cancelled' ? ownerId : invitation.recipientId;
      const accountId = pickMostly(random, rightful, state);
      const isBarred = answer === 'accepted' && state.standing.get(accountId) !== 'active';
      const mine = invitation.answer === 'pending' ? 'ok' : 'state_conflict';
      return {
        told: `${accountId} ${word} the invitation ${invitation.id}`,
        expected: isBarred ? 'not_eligible' : accountId === rightful ? mine : 'not_found',
        run: (world) => verb(world.as(accountId), { id: invitation.id }),
        apply() {
          const { vaultIds } = state.shares.get(invitation.shareId)!;
          const isEmpty = [...vaultIds].every((id) => state.vaults.get(id)!.status === 'deleting');
          invitation.answer = answer === 'accepted' && isEmpty ? 'failed' : answer;
        },
      };
    },
  });
}

/** Mostly what the command is for, and now and then what it is not for. */
function pickOpen<T>(random: Random, all: T[], isOpenFor: (one: T) => boolean): T | undefined {
  const open = all.filter(isOpenFor);
  return random.pick(open.length > 0 && random.chance(0.7) ? open : all);
}

const isOpen = ({ answer }: { answer: Answer }) => answer === 'pending';

function pickTarget(state: State, random: Random): ModelVault | undefined {
  return pickOpen(random, [...state.vaults.values()], ({ kind }) => kind === 'replication_target');
}

function pickPrincipal(state: State, random: Random): ModelPrincipal {
  const directory = random.pick([...state.directories.values()]);
  if (!directory || random.chance(0.5)) return { type: 'account', id: random.pick(state.accountIds)! };
  const [, ...folders] = directory.parents.keys();
  const folder = random.pick(folders);
  if (folder && random.chance(0.6)) return { type: 'folder', id: folder };
  return { type: 'directory', id: directory.id };
}

function isInside(state: State, ownerId: string, accountId: string): boolean {
  return state.sharingDirectoryOf(ownerId)?.members.has(accountId) ?? false;
}

function expectPrincipal(state: State, ownerId: string, { type, id }: ModelPrincipal): Outcome | null {
  if (type === 'account') return id === ownerId ? 'invalid_input' : null;
  const directory = state.sharingDirectoryOf(ownerId);
  const isKnown = type === 'directory' ? directory?.id === id : directory?.parents.has(id);
  return isKnown ? null : 'invalid_input';
}

function pickMostly(random: Random, rightful: string, state: State): string {
  return random.chance(0.7) ? rightful : random.pick(state.accountIds)!;
}

function expectNewShare(
  state: State,
  accountId: string,
  vault: ModelVault,
  principal: ModelPrincipal,
): Outcome {
  return (
    expectOwn(state, accountId, vault) ??
    expectPrincipal(state, accountId, principal) ??
    expectShareable(vault) ??
    'ok'
  );
}

function expectAddition(state: State, accountId: string, vault: ModelVault, share: ModelShare): Outcome {
  const isMine = share.ownerId === accountId && !share.isDeleted;
  return (
    expectOwn(state, accountId, vault) ??
    (isMine ? null : 'not_found') ??
    expectShareable(vault) ??
    (share.vaultIds.has(vault.id) ? 'already_exists' : 'ok')
  );
}

function expectOwn(state: State, accountId: string, vault: ModelVault): Outcome | null {
  if (state.standing.get(accountId) !== 'active') return 'not_eligible';
  return vault.accountId === accountId ? null : 'not_found';
}

function expectShareable(vault: ModelVault): Outcome | null {
  if (vault.kind !== 'replication_target') return 'not_eligible';
  return vault.status === 'deleting' ? 'state_conflict' : null;
}

async function findInvitation(world: World, recipientId: string, shareId: string): Promise<string | null> {
  const { items } = await listInvitations(world.as(recipientId), { direction: 'received' });
  return items.find((invitation) => invitation.shareId === shareId)?.id ?? null;
}
