'use client';

import { ExternalLink, StopCircle, Timer } from 'lucide-react';
import { useState } from 'react';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { sectionHref } from '@/components/console/navigation';
import type { MenuAction } from '@/components/ui/menu';
import type { Replication } from '@/lib/replication/schemas';
import { ObjectivePanel } from './objective-panel';
import { StopReplicationDialog } from './stop-replication-dialog';

type Deed = 'stop' | 'objective';

/** The vault of the reader's own end; of a replication inside one account, the source. */
export function ownEnd({ side, source, target }: Replication): Replication['source'] {
  return side === 'target' ? target : source;
}

export const replicationHref = (replication: Replication) => {
  const { region, vaultId } = ownEnd(replication);
  return `${sectionHref(region, 'vaults')}/${vaultId}?tab=replication`;
};

/** What can be done with a replication from either end, and what refuses it now. */
export function useReplicationActions() {
  const [open, setOpen] = useState<{ deed: Deed; replication: Replication } | null>(null);
  const refuse = useRefusals();
  const start = (deed: Deed, replication: Replication) => setOpen({ deed, replication });

  const refusalsOf = ({ state, side, target }: Replication): Record<Deed, string | null> => {
    const ended = state === 'stopped' ? 'This replication has been stopped.' : null;
    const notOurs = side === 'source' ? `The destination sets it: ask ${target.accountName}.` : null;
    return {
      stop: refuse('replication.stop') ?? ended,
      objective: refuse('replication.objective') ?? ended ?? notOurs,
    };
  };

  const menuOf = (replication: Replication): MenuAction[] => {
    const refusals = refusalsOf(replication);
    return [
      { label: 'Open', icon: <ExternalLink />, href: replicationHref(replication) },
      {
        label: 'Set objective',
        icon: <Timer />,
        disabledReason: refusals.objective,
        onSelect: () => start('objective', replication),
      },
      {
        label: 'Stop replication',
        icon: <StopCircle />,
        isDanger: true,
        startsGroup: true,
        disabledReason: refusals.stop,
        onSelect: () => start('stop', replication),
      },
    ];
  };

  const close = () => setOpen(null);
  const panels = open && (
    <>
      {open.deed === 'stop' && <StopReplicationDialog replication={open.replication} onClose={close} />}
      {open.deed === 'objective' && <ObjectivePanel replication={open.replication} onClose={close} />}
    </>
  );
  return { start, refusalsOf, menuOf, panels };
}
