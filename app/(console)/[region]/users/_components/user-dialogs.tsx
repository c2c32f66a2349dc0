'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import type { User, UserWithPassword } from '@/lib/users/schemas';
import { endUserSessionsAction, resetPasswordAction, setUserEnabledAction } from '../actions';

interface UserDialogProps {
  user: User;
  onClose: () => void;
}

const sessionsOf = ({ sessionCount }: User) =>
  sessionCount === 0 ? 'None are open' : `${sessionCount} open, all end at once`;

export function DisableUserDialog({ user, onClose }: UserDialogProps) {
  const { show } = useFlash();
  const disable = useAction(setUserEnabledAction, () => {
    show({ kind: 'success', title: `${user.name} is disabled.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Disable user"
      subject={`${user.name} · ${user.email}`}
      consequences={[
        { label: 'Sessions', value: sessionsOf(user) },
        { label: 'Access keys', value: 'Refused while the user is disabled' },
      ]}
      reassurance="What they made stays, and the audit keeps their name. The user can be enabled again."
      confirmLabel="Disable user"
      onConfirm={() => disable.send({ id: user.id, isEnabled: false })}
      isPending={disable.isPending}
      error={disable.error?.message}
    />
  );
}

export function EndUserSessionsDialog({ user, onClose }: UserDialogProps) {
  const { show } = useFlash();
  const end = useAction(endUserSessionsAction, () => {
    show({ kind: 'success', title: `All sessions of ${user.name} have ended.` });
    onClose();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="End all sessions"
      subject={`${user.name} · ${user.email}`}
      consequences={[{ label: 'Sessions', value: sessionsOf(user) }]}
      reassurance="The password and the access keys stay; disable the user to refuse those as well."
      confirmLabel="End all sessions"
      onConfirm={() => end.send({ id: user.id })}
      isPending={end.isPending}
      error={end.error?.message}
    />
  );
}

export function ResetPasswordDialog({
  user,
  onClose,
  onReset,
}: UserDialogProps & { onReset: (made: UserWithPassword) => void }) {
  const reset = useAction(resetPasswordAction, onReset);
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Reset password"
      subject={`${user.name} · ${user.email}`}
      consequences={[
        { label: 'Password', value: 'Replaced by a one-time password, which you see once' },
        { label: 'Sessions', value: sessionsOf(user) },
        { label: 'Failed sign-ins', value: 'Forgotten' },
      ]}
      reassurance="Their access keys go on working."
      confirmLabel="Reset password"
      onConfirm={() => reset.send({ id: user.id })}
      isPending={reset.isPending}
      error={reset.error?.message}
    />
  );
}
