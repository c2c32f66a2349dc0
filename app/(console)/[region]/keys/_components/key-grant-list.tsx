'use client';

import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Id } from '@/components/ui/copyable';
import { useFlash } from '@/components/ui/flash';
import { RelativeTime } from '@/components/ui/quantities';
import { SkeletonText } from '@/components/ui/skeleton';
import { Status } from '@/components/ui/status';
import type { KeyGrant } from '@/lib/key-grants/schemas';
import { retireKeyGrantAction } from '../actions';

interface KeyGrantListProps {
  grants: KeyGrant[] | undefined;
  error: string | undefined;
  /** The other side of a grant. */
  nameOf: (grant: KeyGrant) => { accountId: string; name: string; projectId?: string | null };
  empty: string;
  onRetired: () => void;
}

const retiredWords: Record<NonNullable<KeyGrant['retiredBy']>, string> = {
  owner: 'Retired by its owner',
  grantee: 'Given back',
  key_destroyed: 'The key was destroyed',
};

export function KeyGrantList({ grants, error, nameOf, empty, onRetired }: KeyGrantListProps) {
  const [retiring, setRetiring] = useState<KeyGrant | null>(null);
  const refusal = useRefusal('keys.manage', 'stop');
  if (error) return <Callout kind="danger">{error}</Callout>;
  if (!grants) return <SkeletonText lines={3} />;
  if (grants.length === 0) return <p className="text-muted">{empty}</p>;
  return (
    <>
      <ul aria-label="Key grants" className="flex flex-col divide-y divide-line border-line border-y">
        {grants.map((grant) => {
          const other = nameOf(grant);
          return (
            <li key={grant.id} className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-3">
              <div className="min-w-0">
                <p className="wrap-anywhere font-medium">{other.name}</p>
                <p className="text-sm">
                  <Id value={other.accountId} cut="whole" />
                </p>
                <p className="text-muted text-sm">
                  {other.projectId ? (
                    <>
                      One project: <Id value={other.projectId} />
                    </>
                  ) : (
                    'All its projects'
                  )}
                </p>
                {grant.direction === 'received' && (
                  <p className="wrap-anywhere text-sm">Key {grant.key.alias ?? grant.key.id}</p>
                )}
              </div>
              <div className="flex flex-col items-end gap-2">
                <Status kind={grant.status === 'active' ? 'success' : 'off'}>
                  {grant.retiredBy ? retiredWords[grant.retiredBy] : 'Active'}
                </Status>
                <span className="text-muted text-sm">
                  <RelativeTime at={grant.retiredAt ?? grant.createdAt} />
                </span>
                {grant.status === 'active' && (
                  <Button
                    size="sm"
                    disabledReason={refusal}
                    aria-label={`Retire grant of ${other.name}`}
                    onClick={() => setRetiring(grant)}
                  >
                    Retire grant
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {retiring && (
        <RetireDialog
          grant={retiring}
          onClose={() => setRetiring(null)}
          onRetired={() => {
            setRetiring(null);
            onRetired();
          }}
        />
      )}
    </>
  );
}

interface RetireDialogProps {
  grant: KeyGrant;
  onClose: () => void;
  onRetired: () => void;
}

function RetireDialog({ grant, onClose, onRetired }: RetireDialogProps) {
  const { show } = useFlash();
  const keyName = grant.key.alias ?? grant.key.id;
  const retire = useAction(retireKeyGrantAction, () => {
    show({ kind: 'success', title: `The grant of ${keyName} is retired.` });
    onRetired();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Retire key grant"
      subject={keyName}
      isDanger={false}
      consequences={[
        { label: 'Between', value: `${grant.owner.name} and ${grant.grantee.name}` },
        { label: 'Copies under way', value: 'Stand still until the key is shared again' },
        { label: 'Copies that were made', value: 'Stay readable: they are under the recipient’s own key' },
      ]}
      confirmLabel="Retire grant"
      onConfirm={() => retire.send({ id: grant.id })}
      isPending={retire.isPending}
      error={retire.error?.message}
    />
  );
}
