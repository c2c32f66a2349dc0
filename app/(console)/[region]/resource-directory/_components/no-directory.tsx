'use client';

import { useQuery } from '@tanstack/react-query';
import { Network } from 'lucide-react';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusal } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Id } from '@/components/ui/copyable';
import { EmptyState } from '@/components/ui/empty-state';
import { useFlash } from '@/components/ui/flash';
import { meQuery } from '@/lib/accounts/query';
import { enableDirectoryAction } from '../actions';

/** What a directory is for, and the two ways into one. */
export function NoDirectory() {
  const account = useQuery(meQuery()).data?.account;
  const refusal = useRefusal('directory.manage');
  const { show } = useFlash();
  const enable = useAction(enableDirectoryAction, () => {
    show({
      kind: 'success',
      title: 'The resource directory is enabled.',
      detail:
        'This account manages it. Create folders, invite accounts, then enable sharing with the directory.',
    });
  });
  return (
    <section className="panel">
      <EmptyState
        icon={<Network />}
        title="This account is in no resource directory"
        action={
          <Button
            variant="primary"
            disabledReason={refusal}
            isLoading={enable.isPending}
            onClick={() => enable.send({})}
          >
            Enable resource directory
          </Button>
        }
      >
        <span className="block">
          Enable one and this account becomes its management account: it invites or creates the member
          accounts and arranges them in folders. A vault that is shared with a folder can be chosen by every
          account in it, now and later, with no invitation to answer.
        </span>
        {account && (
          <span className="mt-2 block">
            To join the directory of another account, give its administrator this account’s UID; the
            invitation appears here. UID: <Id value={account.id} cut="whole" />
          </span>
        )}
      </EmptyState>
      {enable.error && (
        <div className="px-4 pb-4">
          <Callout kind="danger">{enable.error.message}</Callout>
        </div>
      )}
    </section>
  );
}
