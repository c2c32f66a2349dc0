'use client';

import { useQuery } from '@tanstack/react-query';
import { FlowPicture } from '@/components/console/flow-picture/flow-picture';
import { describeReplication } from '@/components/console/flow-picture/flow-state';
import { replicationQuery, replicationSamplesQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import { vaultHref } from '../../_components/vault-columns';

/** The replication of the vault, live: its own query is quicker than the vault's. */
export function ReplicationLead({ replication: known }: { replication: Replication }) {
  const replication = useQuery(replicationQuery(known.id)).data ?? known;
  const samples = useQuery(replicationSamplesQuery(known.id)).data?.items ?? [];
  return (
    <section aria-label="Replication" className="panel p-4">
      <FlowPicture
        flow={describeReplication(replication, vaultHref)}
        size="large"
        lagHistory={samples.map((sample) => sample.lagSeconds)}
      />
    </section>
  );
}
