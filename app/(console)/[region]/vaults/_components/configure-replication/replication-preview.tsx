'use client';

import { useQuery } from '@tanstack/react-query';
import { FlowPicture } from '@/components/console/flow-picture/flow-picture';
import { FieldGroup } from '@/components/ui/field';
import { meQuery } from '@/lib/accounts/query';
import { regionName } from '@/lib/regions/schemas';
import type { ReplicationTarget } from '@/lib/replication/schemas';
import type { Vault } from '@/lib/vaults/schemas';

interface ReplicationPreviewProps {
  source: Vault;
  target: ReplicationTarget | null;
  region: string;
}

export function ReplicationPreview({ source, target, region }: ReplicationPreviewProps) {
  const account = useQuery(meQuery()).data?.account;
  return (
    <FieldGroup legend="Preview">
      <FlowPicture
        size="preview"
        flow={{
          source: {
            accountId: account?.id ?? '',
            accountName: account?.name ?? '',
            vaultName: source.name,
            regionName: regionName(source.region),
          },
          target: {
            accountId: target?.ownerAccountId ?? '',
            accountName: target?.ownerName ?? '',
            vaultName: target?.vaultName ?? null,
            regionName: regionName(region),
          },
          state: { kind: 'preview' },
          rateBytesPerSecond: 0,
          lag: null,
          newestPointAt: null,
        }}
      />
    </FieldGroup>
  );
}
