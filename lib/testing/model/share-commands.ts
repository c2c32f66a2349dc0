import {
  acceptInvitation,
  cancelInvitation,
  deleteResourceShare,
  listInvitations,
  rejectInvitation,
  shareVault,
} from '@/lib/resource-shares';
import type { World } from './accounts';
import { type CommandKind, commandKind } from './command';
import type { Random } from './random';
import type { Answer, ModelShare, ModelVault, State } from './state';

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
      const recipientId = random.pick(state.accountIds)!;
      const name = `share-${random.below(1_000_000)}`;
      return {
        told: `${accountId} shares the vault ${vault.id} with ${recipientId} by the new share ${name}`,
        expected:
          expectSharing(state, accountId, vault) ?? (recipientId === accountId ? 'invalid_input' : 'ok'),
        async run(world) {
          const principals = [{ type: 'account' as const, id: recipientId }];
          const input = { mode: 'new' as const, vaultId: vault.id, name, principals };
          const { id: shareId } = await shareVault(world.as(accountId), input);
          return { shareId, invitationId: await findInvitation(world, recipientId, shareId) };
        },
        apply({ shareId, invitationId }) {
          const vaultIds = new Set([vault.id]);
          state.shares.set(shareId, { id: shareId, name, ownerId: accountId, vaultIds, isDeleted: false });
          const id = invitationId!;
          state.invitations.set(id, { id, shareId, recipientId, answer: 'pending' });
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
        expected: expectSharing(state, accountId, vault) ?? expectAddition(accountId, share, vault),
        run: (world) =>
          shareVault(world.as(accountId), { mode: 'existing', vaultId: vault.id, shareId: share.id }),
        apply() {
          share.vaultIds.add(vault.id);
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
          invitation.answer = answer;
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

function pickMostly(random: Random, rightful: string, state: State): string {
  return random.chance(0.7) ? rightful : random.pick(state.accountIds)!;
}

function expectSharing(state: State, accountId: string, vault: ModelVault): string | null {
  if (state.standing.get(accountId) !== 'active') return 'not_eligible';
  if (vault.accountId !== accountId) return 'not_found';
  if (vault.kind !== 'replication_target') return 'not_eligible';
  return vault.status === 'deleting' ? 'state_conflict' : null;
}

function expectAddition(accountId: string, share: ModelShare, vault: ModelVault): string {
  if (share.ownerId !== accountId || share.isDeleted) return 'not_found';
  return share.vaultIds.has(vault.id) ? 'already_exists' : 'ok';
}

async function findInvitation(world: World, recipientId: string, shareId: string): Promise<string | null> {
  const { items } = await listInvitations(world.as(recipientId), { direction: 'received' });
  return items.find((invitation) => invitation.shareId === shareId)?.id ?? null;
}
