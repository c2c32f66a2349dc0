'use client';

import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { useFlash } from '@/components/ui/flash';
import type { Directory } from '@/lib/directory/schemas';
import { enableDirectorySharingAction } from '../actions';

export function EnableSharing({ directory }: { directory: Directory }) {
  const refusal = useRefusal('directory.manage');
  const { show } = useFlash();
  const enable = useAction(enableDirectorySharingAction, () => {
    show({ kind: 'success', title: 'Sharing with the resource directory is enabled.' });
  });
  const isManagement = directory.role === 'management';
  return (
    <Callout
      kind="warning"
      title="Sharing with the directory is not enabled"
      action={
        isManagement && (
          <Button
            size="sm"
            variant="primary"
            disabledReason={refusal}
            isLoading={enable.isPending}
            onClick={() => enable.send({})}
          >
            Enable sharing
          </Button>
        )
      }
    >
      {isManagement
        ? 'Until you enable it, resource shares cannot name the directory or its folders, and accounts of the directory have to accept an invitation like all others. It stays enabled for as long as the directory exists.'
        : `Its management account, ${directory.management.name}, can enable it. Until then accounts of the directory have to accept invitations like all others.`}
      {enable.error && <span className="block text-danger">{enable.error.message}</span>}
    </Callout>
  );
}
