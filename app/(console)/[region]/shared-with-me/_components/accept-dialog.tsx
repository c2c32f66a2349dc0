'use client';

import { FormError } from '@/app/(console)/_components/form-error';
import { useAction } from '@/app/(console)/_components/use-action';
import {
  KeyPermissionWords,
  PermissionWords,
} from '@/app/(console)/[region]/_components/shares/permission-words';
import { holdings } from '@/app/(console)/[region]/_components/shares/principal-words';
import { sectionHref } from '@/components/console/navigation';
import { Button } from '@/components/ui/button';
import { Dialog, DialogBody, DialogFooter } from '@/components/ui/dialog';
import { useFlash } from '@/components/ui/flash';
import { Time } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import type { Invitation } from '@/lib/resource-shares/schemas';
import { acceptInvitationAction } from '../actions';

interface AcceptDialogProps {
  invitation: Invitation;
  region: string;
  onClose: () => void;
}

export function AcceptDialog({ invitation, region, onClose }: AcceptDialogProps) {
  const { show } = useFlash();
  const { owner, shareName, vaultCount, keyCount } = invitation;
  const isForKeys = keyCount > 0 && vaultCount === 0;
  const accept = useAction(acceptInvitationAction, (accepted) => {
    if (accepted.status === 'failed') {
      show({
        kind: 'danger',
        title: `The resource share ${shareName} could not be accepted.`,
        detail: accepted.statusReason ?? undefined,
      });
      onClose();
      return;
    }
    show({
      kind: 'success',
      title: `The resource share ${shareName} is accepted.`,
      ...(isForKeys
        ? {
            detail: 'Backups that are shared with this account under its keys can be accepted.',
            link: { label: 'Open backups shared with me', href: sectionHref(region, 'shared-backups') },
          }
        : {
            detail: `You can choose ${accepted.vaults.map(({ name }) => name).join(', ') || 'its vaults'} as a replication target.`,
            link: {
              label: 'Choose a vault to replicate',
              href: `${sectionHref(region, 'vaults')}?kind=standard`,
            },
          }),
    });
    onClose();
  });
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Accept resource share"
      description={
        <>
          <strong className="font-semibold text-ink">{shareName}</strong> from {owner.name}
        </>
      }
    >
      <DialogBody>
        <Summary
          columns={2}
          items={[
            { label: 'From', value: owner.name },
            { label: 'Account UID', value: <span className="font-mono">{owner.accountId}</span> },
            { label: 'Holds', value: holdings({ vaultCount, keyCount }) || 'Nothing' },
            { label: 'Open until', value: <Time at={invitation.expiresAt} /> },
          ]}
        />
        <div>
          <p className="mb-1.5 font-medium">What accepting means</p>
          <ul className="list-disc space-y-1 pl-5 text-muted">
            {!isForKeys && <VaultMeanings owner={owner.name} />}
            {keyCount > 0 && (
              <li>
                Server and disk backups that {owner.name} shares with this account under its keys can be
                accepted. The engine opens them with the key while it copies them.
              </li>
            )}
            <li>Vaults and keys that {owner.name} adds to this share later are accepted with it.</li>
            <li>
              {!isForKeys && `${owner.name} pays for storage and traffic. `}
              {owner.name} can end the share at any time.
            </li>
          </ul>
        </div>
        <div>
          <p className="mb-1.5 font-medium">What you may do with it</p>
          <div className="flex flex-col gap-3">
            {!isForKeys && <PermissionWords name={invitation.permission} reader="recipient" />}
            {keyCount > 0 && <KeyPermissionWords reader="recipient" />}
          </div>
        </div>
        <FormError error={accept.error} />
      </DialogBody>
      <DialogFooter>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          isLoading={accept.isPending}
          onClick={() => accept.send({ id: invitation.id })}
        >
          Accept resource share
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function VaultMeanings({ owner }: { owner: string }) {
  return (
    <>
      <li>
        Administrators of this account can choose its vaults as replication targets. Nothing is copied until
        one of them does.
      </li>
      <li>
        Whatever you replicate is then held by {owner}: it can restore your files, and you cannot delete its
        copies.
      </li>
    </>
  );
}
