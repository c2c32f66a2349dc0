'use client';

import { useQuery } from '@tanstack/react-query';
import { Share2, Workflow } from 'lucide-react';
import { useReplicationActions } from '@/app/(console)/[region]/_components/replication/use-replication-actions';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { replicationQuery } from '@/lib/replication/query';
import type { Replication } from '@/lib/replication/schemas';
import type { VaultTabProps } from '../vault-detail';
import { ReplicationPlots } from './replication-plots';
import { ReplicationPoints } from './replication-points';
import { ReplicationProgress } from './replication-progress';

export function ReplicationTab({ vault, actions }: VaultTabProps) {
  return vault.replication ? (
    <LiveReplication known={vault.replication} />
  ) : (
    <NotReplicated vault={vault} actions={actions} />
  );
}

function LiveReplication({ known }: { known: Replication }) {
  const replication = useQuery(replicationQuery(known.id)).data ?? known;
  const actions = useReplicationActions();
  return (
    <div className="flex flex-col gap-4">
      <ReplicationProgress replication={replication} actions={actions} />
      {replication.state === 'active' && <ReplicationPlots replication={replication} />}
      <ReplicationPoints replication={replication} />
      {actions.panels}
    </div>
  );
}

function NotReplicated({ vault, actions }: VaultTabProps) {
  const refusals = actions.refusalsOf(vault);
  return (
    <section className="panel">
      {vault.kind === 'standard' ? (
        <EmptyState
          icon={<Workflow />}
          title="This vault has no second copy"
          action={
            <Button
              variant="primary"
              disabledReason={refusals.configure}
              onClick={() => actions.start('configure', vault)}
            >
              Configure replication
            </Button>
          }
        >
          Replication copies every backup point, old and new, to a vault of another account or region. It
          stays restorable there when this account is lost.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Share2 />}
          title="Nothing is replicated into this vault yet"
          action={
            <Button
              variant="primary"
              disabledReason={refusals.share}
              onClick={() => actions.start('share', vault)}
            >
              Add to a resource share
            </Button>
          }
        >
          Share it with an account. Once that account has accepted, it can choose this vault as the target of
          one of its own.
        </EmptyState>
      )}
    </section>
  );
}
