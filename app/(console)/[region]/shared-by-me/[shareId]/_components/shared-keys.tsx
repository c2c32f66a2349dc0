'use client';

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { RelativeTime } from '@/components/ui/quantities';
import { Status } from '@/components/ui/status';
import { keysQuery } from '@/lib/keys/query';
import { shareChangeQuery } from '@/lib/resource-shares/query';
import { keysPerCall, type ResourceShare } from '@/lib/resource-shares/schemas';
import { pausingReassurance, stallingConsequences } from '../../../_components/access-loss/pausing';
import { keyName } from '../../../_components/shares/principal-words';
import { addShareKeysAction, removeShareKeyAction } from '../../actions';
import { ChooseForm } from './choose-form';

type SharedKey = ResourceShare['keys'][number];

/** The keys of a share: backups that were shared under them can be accepted by its principals. */
export function SharedKeys({ share, refusal }: { share: ResourceShare; refusal: string | null }) {
  const [removing, setRemoving] = useState<SharedKey | null>(null);
  return (
    <Panel
      title="Shared keys"
      description="Server and disk backups that are shared with its principals, and are under one of these keys, can be accepted."
    >
      <div className="flex flex-col gap-4">
        <ul
          aria-label={`Keys of ${share.name}`}
          className="divide-y divide-line rounded-md border border-line"
        >
          {share.keys.map((key) => (
            <KeyLine
              key={key.id}
              sharedKey={key}
              state={
                key.state === 'enabled' ? (
                  <Status kind="success">Associated</Status>
                ) : (
                  <Status kind="warning" detail={`The key is ${key.state}`}>
                    Not usable
                  </Status>
                )
              }
            >
              <Button
                size="sm"
                aria-label={`Remove ${keyName(key)}`}
                disabledReason={refusal}
                onClick={() => setRemoving(key)}
              >
                Remove
              </Button>
            </KeyLine>
          ))}
          {share.endedKeys.map((key) => (
            <KeyLine
              key={key.id}
              sharedKey={key}
              state={
                <Status kind="off" detail={<RelativeTime at={key.endedAt} />}>
                  Disassociated
                </Status>
              }
            />
          ))}
          {share.keys.length + share.endedKeys.length === 0 && (
            <li className="px-3 py-2 text-muted">No keys.</li>
          )}
        </ul>
        {share.status === 'active' && <AddKeysForm share={share} refusal={refusal} />}
      </div>
      {removing && <RemoveKeyDialog share={share} sharedKey={removing} onClose={() => setRemoving(null)} />}
    </Panel>
  );
}

interface KeyLineProps {
  sharedKey: SharedKey;
  state: ReactNode;
  children?: ReactNode;
}

function KeyLine({ sharedKey, state, children }: KeyLineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
      <span className="min-w-0 flex-1 basis-48">
        {sharedKey.alias && <span className="wrap-anywhere block font-medium">{sharedKey.alias}</span>}
        <Id value={sharedKey.id} className="text-muted text-sm" />
      </span>
      <span className="basis-44">{state}</span>
      <span className="flex min-w-20 justify-end">{children}</span>
    </li>
  );
}

function AddKeysForm({ share, refusal }: { share: ResourceShare; refusal: string | null }) {
  const sharing = useRefusal('keys.manage', 'share');
  const keys = useQuery(keysQuery()).data?.items;
  const { show } = useFlash();
  const add = useAction(addShareKeysAction, (_, { keyIds }) =>
    show({ kind: 'success', title: `${plural(keyIds.length, 'key')} added to ${share.name}.` }),
  );
  const others = keys?.filter(
    ({ id, state }) => state === 'enabled' && share.keys.every((key) => key.id !== id),
  );
  if (!others || others.length === 0) {
    return others ? (
      <p className="text-muted text-sm">There is no other enabled key in this account to add.</p>
    ) : null;
  }
  return (
    <ChooseForm
      legend="Add keys"
      noun="key"
      limit={keysPerCall}
      choices={others.map((key) => ({ id: key.id, name: keyName(key), description: key.description }))}
      sending={{ isPending: add.isPending, error: add.error, fieldError: add.fields.keyIds }}
      refusal={refusal ?? sharing}
      onSubmit={(keyIds) => add.send({ shareId: share.id, keyIds })}
    />
  );
}

interface RemoveKeyDialogProps {
  share: ResourceShare;
  sharedKey: SharedKey;
  onClose: () => void;
}

function RemoveKeyDialog({ share, sharedKey, onClose }: RemoveKeyDialogProps) {
  const preview = useQuery(shareChangeQuery(share.id, { keyId: sharedKey.id }));
  const { show } = useFlash();
  const name = keyName(sharedKey);
  const remove = useAction(removeShareKeyAction, () => {
    show({ kind: 'success', title: `${name} is no longer in ${share.name}.` });
    onClose();
  });
  const stalling = stallingConsequences(preview);
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Remove key from share"
      subject={name}
      description={`The principals of ${share.name} can no longer accept what is shared under it, unless another share or a grant gives it too. The key stays.`}
      consequences={
        stalling.length > 0
          ? stalling
          : [{ label: 'Shared backups', value: preview.data ? 'None waits for it' : 'Looking…' }]
      }
      reassurance={pausingReassurance}
      confirmLabel="Remove key from share"
      onConfirm={() => remove.send({ shareId: share.id, keyId: sharedKey.id })}
      isPending={remove.isPending}
      error={remove.error?.message}
    />
  );
}
