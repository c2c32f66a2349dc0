'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useAction } from '@/app/(console)/_components/use-action';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Checkbox } from '@/components/ui/checkbox';
import { Id } from '@/components/ui/copyable';
import { DialogFooter } from '@/components/ui/dialog';
import { useFlash } from '@/components/ui/flash';
import { plural } from '@/components/ui/format';
import { SkeletonText } from '@/components/ui/skeleton';
import type { BackupShare } from '@/lib/backup-shares/schemas';
import { cancelBackupShareAction, stopCancelRetryAction } from '../actions';
import { ShareState } from './backup-words';

interface Refusal {
  name: string;
  why: string;
}

interface CancelSharingTabProps {
  shares: BackupShare[];
  error: string | undefined;
  isLoading: boolean;
  onChanged: () => void;
  onClose: () => void;
}

/** Takes the backup from the chosen projects. One that cannot be taken back says who holds what. */
export function CancelSharingTab({ shares, error, isLoading, onChanged, onClose }: CancelSharingTabProps) {
  const { show } = useFlash();
  const queryClient = useQueryClient();
  const [marked, setMarked] = useState<readonly string[]>([]);
  const [refusals, setRefusals] = useState<Record<string, Refusal>>({});
  const [isPending, setIsPending] = useState(false);
  const chosen = shares.filter(({ id }) => marked.includes(id));
  // What ended meanwhile has left the list, and its refusal with it.
  const left = Object.entries(refusals).filter(([id]) => shares.every((share) => share.id !== id));
  const cancel = async () => {
    setIsPending(true);
    const refused: Record<string, Refusal> = {};
    for (const { id, recipient } of chosen) {
      const result = await cancelBackupShareAction({ id }).catch(() => null);
      const why = result?.ok
        ? null
        : (result?.error.message ?? 'Crossvault did not answer. Look before you try again.');
      if (why !== null) refused[id] = { name: recipient.name, why };
    }
    setIsPending(false);
    setRefusals(refused);
    setMarked(Object.keys(refused));
    const done = chosen.length - Object.keys(refused).length;
    if (done > 0)
      show({
        kind: 'success',
        title: `The backup is no longer shared with ${plural(done, 'project')}.`,
        detail: 'Copies of it are gone. Disks, servers and images that were made from them stay.',
      });
    await queryClient.invalidateQueries();
    if (Object.keys(refused).length === 0) onClose();
  };
  if (error) return <Callout kind="danger">{error}</Callout>;
  if (isLoading) return <SkeletonText lines={3} />;
  return (
    <>
      <div className="flex flex-col gap-3 pb-4">
        {left.map(([id, { name, why }]) => (
          <Callout key={id} kind="danger" title={`The share with ${name} could not be cancelled`}>
            {why}
          </Callout>
        ))}
        {shares.length === 0 ? (
          <p className="text-muted">The backup is shared with nobody.</p>
        ) : (
          <>
            <p className="text-muted">
              Choose the projects to take the backup from. A copy that a recipient has made goes with it; what
              was made from the copy stays.
            </p>
            <ul aria-label="Shared projects" className="divide-y divide-line rounded-md border border-line">
              {shares.map((share) => (
                <li key={share.id} className="flex flex-col gap-2 px-3 py-2.5">
                  <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                    <Checkbox
                      label={share.recipient.name}
                      description={<Id value={share.recipient.projectId} cut="whole" />}
                      aria-label={`Cancel sharing with ${share.recipient.name}`}
                      checked={marked.includes(share.id)}
                      onCheckedChange={(checked) =>
                        setMarked(
                          checked === true ? [...marked, share.id] : marked.filter((id) => id !== share.id),
                        )
                      }
                    />
                    <ShareState state={share.state} reason={share.stateReason} />
                  </div>
                  <Obstacle share={share} refusal={refusals[share.id]?.why} onChanged={onChanged} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      <DialogFooter className="sticky bottom-0 -mx-5 rounded-b-lg bg-raised">
        <Button onClick={onClose}>Close</Button>
        <Button
          variant="danger"
          isLoading={isPending}
          disabledReason={chosen.length === 0 ? 'Choose at least one project.' : null}
          onClick={() => void cancel()}
        >
          Cancel sharing
        </Button>
      </DialogFooter>
    </>
  );
}

interface ObstacleProps {
  share: BackupShare;
  refusal: string | undefined;
  onChanged: () => void;
}

function Obstacle({ share, refusal, onChanged }: ObstacleProps) {
  const retry = useAction(cancelBackupShareAction, onChanged);
  const stop = useAction(stopCancelRetryAction, onChanged);
  if (share.cancelWanted) {
    return (
      <Callout
        title="Its cancellation is tried again by itself"
        action={
          <Button size="sm" isLoading={stop.isPending} onClick={() => stop.send({ id: share.id })}>
            Stop trying
          </Button>
        }
      >
        It succeeds once {share.recipient.name} has deleted{' '}
        {share.holders.map(({ imageName }) => imageName).join(', ') || 'the image'}.
      </Callout>
    );
  }
  if (!refusal) return null;
  return (
    <Callout
      kind="danger"
      title="The share could not be cancelled"
      action={
        share.holders.length > 0 && (
          <Button
            size="sm"
            isLoading={retry.isPending}
            onClick={() => retry.send({ id: share.id, retry: true })}
          >
            Keep trying
          </Button>
        )
      }
    >
      {retry.error?.message ?? refusal}
    </Callout>
  );
}
