import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { CodeBlock } from '@/components/ui/copyable';
import { Time } from '@/components/ui/quantities';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import type { UserWithPassword } from '@/lib/users/schemas';

interface OneTimePasswordPanelProps {
  title: string;
  made: UserWithPassword;
  onClose: () => void;
}

export function OneTimePasswordPanel({
  title,
  made: { user, password },
  onClose,
}: OneTimePasswordPanelProps) {
  return (
    <SidePanel
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={user.name}
      size="sm"
    >
      <PanelBody>
        <Callout kind="warning" title="Copy the password now">
          It is shown only here. Hand it to {user.name} by a way that only they read.
        </Callout>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">E-mail</p>
          <p className="wrap-anywhere">{user.email}</p>
        </div>
        <div className="flex flex-col gap-1.5">
          <p className="font-medium">One-time password</p>
          <CodeBlock text={password} label="Copy one-time password" />
          {user.passwordExpiresAt && (
            <p className="text-muted text-sm">
              Good until <Time at={user.passwordExpiresAt} />. The first thing to do with it is to choose
              another one.
            </p>
          )}
        </div>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" onClick={onClose}>
          I have copied the password
        </Button>
      </PanelFooter>
    </SidePanel>
  );
}
