'use client';

import { Ban, KeyRound, LogOut, ShieldCheck, UserCheck, UserCog } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { useFlash } from '@/components/ui/flash';
import type { MenuAction } from '@/components/ui/menu';
import { findDemotionRefusal } from '@/lib/users/rules';
import type { User, UserWithPassword } from '@/lib/users/schemas';
import { setUserEnabledAction, unlockSignInAction } from '../actions';
import { ChangeRolePanel } from './change-role-panel';
import { OneTimePasswordPanel } from './one-time-password-panel';
import { DisableUserDialog, EndUserSessionsDialog, ResetPasswordDialog } from './user-dialogs';

type Opened = { kind: 'role' | 'disable' | 'sessions' | 'password'; user: User };

const own = 'Change your own password under My profile.';

/** What can be done with a user, and why not where it cannot. */
export function useUserActions(users: User[]): {
  rowActions: (user: User) => MenuAction[];
  dialogs: ReactNode;
} {
  const refusals = useRefusals();
  const { show } = useFlash();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [made, setMade] = useState<UserWithPassword | null>(null);
  const enable = useAction(setUserEnabledAction, (user) =>
    show({ kind: 'success', title: `${user.name} is enabled.` }),
  );
  const unlock = useAction(unlockSignInAction, (user) =>
    show({ kind: 'success', title: `${user.name} can sign in again.` }),
  );
  const close = () => setOpened(null);
  const rowActions = (user: User): MenuAction[] => {
    const refusal = refusals('users.manage', 'own');
    const demotion = findDemotionRefusal(
      { ...user, isDisabled: user.status === 'disabled' },
      contextOf(users, user),
    );
    const open = (kind: Opened['kind']) => () => setOpened({ kind, user });
    const items: MenuAction[] = [
      {
        label: 'Change role',
        icon: <UserCog />,
        disabledReason: refusals('users.manage') ?? demotion?.message,
        onSelect: open('role'),
      },
      {
        label: 'Reset password',
        icon: <KeyRound />,
        disabledReason: refusal ?? (user.isMe ? own : null),
        onSelect: open('password'),
      },
      { label: 'End all sessions', icon: <LogOut />, disabledReason: refusal, onSelect: open('sessions') },
    ];
    if (user.blockedUntil)
      items.push({
        label: 'Unblock sign-in',
        icon: <ShieldCheck />,
        disabledReason: refusal,
        onSelect: () => unlock.send({ id: user.id }),
      });
    items.push(
      user.status === 'disabled'
        ? {
            label: 'Enable user',
            icon: <UserCheck />,
            startsGroup: true,
            disabledReason: refusal,
            onSelect: () => enable.send({ id: user.id, isEnabled: true }),
          }
        : {
            label: 'Disable user',
            icon: <Ban />,
            isDanger: true,
            startsGroup: true,
            disabledReason: refusal ?? demotion?.message,
            onSelect: open('disable'),
          },
    );
    return items;
  };
  const dialogs = (
    <>
      {opened?.kind === 'role' && <ChangeRolePanel user={opened.user} onClose={close} />}
      {opened?.kind === 'disable' && <DisableUserDialog user={opened.user} onClose={close} />}
      {opened?.kind === 'sessions' && <EndUserSessionsDialog user={opened.user} onClose={close} />}
      {opened?.kind === 'password' && !made && (
        <ResetPasswordDialog user={opened.user} onClose={close} onReset={setMade} />
      )}
      {made && (
        <OneTimePasswordPanel
          title="Password reset"
          made={made}
          onClose={() => {
            setMade(null);
            close();
          }}
        />
      )}
    </>
  );
  return { rowActions, dialogs };
}

function contextOf(users: User[], user: User) {
  const others = users.filter(
    ({ id, role, status }) => id !== user.id && role === 'administrator' && status !== 'disabled',
  );
  return { myId: users.find(({ isMe }) => isMe)?.id ?? '', otherAdministrators: others.length };
}
