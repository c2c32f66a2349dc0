import { HelpLink } from '@/app/(console)/_components/help-link';
import { Callout } from '@/components/ui/callout';
import { FieldGroup } from '@/components/ui/field';
import { plural } from '@/components/ui/format';
import { Bytes } from '@/components/ui/quantities';
import { Summary } from '@/components/ui/summary';
import type { ReplicationTarget } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';

/** What starting it does, with the sizes that are known. */
export function WhatWillHappen({ source, target }: { source: Vault; target: ReplicationTarget }) {
  const payer = target.isOwn ? 'This account pays' : `${target.ownerName} pays`;
  return (
    <FieldGroup legend="What will happen">
      <Summary
        columns={2}
        className="rounded-md bg-sunken p-3"
        items={[
          {
            label: 'Copied first',
            value: (
              <>
                {plural(source.pointCount, 'existing point')} · <Bytes value={source.sourceBytes} /> of source
                data
              </>
            ),
          },
          {
            label: 'Stored here, about as much to transfer',
            value: <Bytes value={source.storedBytes} />,
          },
          { label: 'From then on', value: 'Every new point, as soon as it is complete' },
          { label: 'Retention', value: 'The same as in this vault; it cannot be changed at the target' },
          { label: 'Deletions by hand', value: 'Stay here; the copies are kept' },
          { label: 'Cost', value: `${payer} for storage and traffic` },
        ]}
      />
      <Callout kind="warning" className="mt-1 text-sm">
        A target takes one replication in its life. When you stop this one it cannot be resumed, and{' '}
        {target.vaultName} can only be restored from. <HelpLink topic="replication" isInline />
      </Callout>
    </FieldGroup>
  );
}
