'use client';

import { useQuery } from '@tanstack/react-query';
import {
  type NamedPrincipal,
  principalName,
} from '@/app/(console)/[region]/_components/shares/principal-words';
import { FlowPicture } from '@/components/console/flow-picture/flow-picture';
import type { Flow } from '@/components/console/flow-picture/flow-state';
import { FieldGroup } from '@/components/ui/field';
import { meQuery } from '@/lib/accounts/query';
import { regionName } from '@/lib/regions/schemas';
import type { Vault } from '@/lib/vaults/schemas';

interface SharePreviewProps {
  vault: Vault;
  recipients: NamedPrincipal[];
}

/** What will be possible once an invitation is accepted. */
export function SharePreview({ vault, recipients }: SharePreviewProps) {
  const me = useQuery(meQuery()).data;
  const [first, ...rest] = recipients;
  const flow: Flow = {
    source: {
      accountId: rest.length === 0 && first?.type === 'account' ? first.id : '',
      accountName: nameSource(first, rest.length),
      vaultName: null,
      regionName: 'any region',
    },
    target: {
      accountId: me?.account.id ?? '',
      accountName: me?.account.name ?? '',
      vaultName: vault.name,
      regionName: regionName(vault.region),
    },
    state: { kind: 'preview' },
    rateBytesPerSecond: 0,
    lag: null,
    newestPointAt: null,
  };
  return (
    <FieldGroup legend="What this makes possible">
      <FlowPicture flow={flow} size="preview" />
    </FieldGroup>
  );
}

function nameSource(first: NamedPrincipal | undefined, others: number): string {
  if (!first) return 'An account that you choose';
  const name = principalName(first);
  return others === 0 ? name : `${name} or ${others} more; the first to choose it takes it`;
}
