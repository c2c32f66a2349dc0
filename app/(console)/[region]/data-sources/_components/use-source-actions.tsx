'use client';

import { HardDriveUpload, Pencil, PlugZap, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { BackUpPanel } from '@/app/(console)/_components/back-up/back-up-panel';
import { BackUpSourcePanel } from '@/app/(console)/_components/back-up/back-up-source-panel';
import { isRegistered, isRegisteredByHand } from '@/app/(console)/_components/sources/source-words';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { useFlash } from '@/components/ui/flash';
import type { MenuAction } from '@/components/ui/menu';
import { type DataSource, isHostFiles, isStreamSource } from '@/lib/sources/schemas';
import { checkSourceAction } from '../actions';
import { RemoveSourceDialog } from './remove-source-dialog';
import { SourcePanel } from './source-panel';

export type SourceDeed = 'back_up' | 'check' | 'edit' | 'remove';

/** Everything that can be done with a data source: what refuses it now, the menu, and the panels that the deeds open. */
export function useSourceActions(region: string, onRemoved?: () => void) {
  const [open, setOpen] = useState<{ deed: SourceDeed; source: DataSource } | null>(null);
  const { show } = useFlash();
  const refuse = useRefusals();
  const check = useAction(checkSourceAction, () => {
    show({ kind: 'info', title: 'The data source is being looked at. What is found appears here.' });
  });
  const start = (deed: SourceDeed, source: DataSource) => {
    if (deed === 'check')
      check.send({ source: { id: source.id } }, (error) => show({ kind: 'danger', title: error.message }));
    else setOpen({ deed, source });
  };
  const refusalsOf = (source: DataSource): Record<SourceDeed, string | null> => {
    const revoked = source.client.status === 'revoked' ? 'Its client was revoked.' : null;
    const fixed = isRegisteredByHand(source) ? null : 'It is there as long as what it belongs to.';
    return {
      back_up:
        refuse('backup.run') ??
        revoked ??
        (isStreamSource(source.kind) ? streamRefusal(source) : null) ??
        selfStarted(source),
      check: refuse('sources.manage') ?? (isHostFiles(source.kind) ? null : fixed) ?? revoked,
      edit: refuse('sources.manage') ?? fixed,
      remove: refuse('sources.manage') ?? fixed,
    };
  };
  const menuOf = (source: DataSource): MenuAction[] => {
    const refusals = refusalsOf(source);
    const entry = (deed: SourceDeed, rest: Omit<MenuAction, 'onSelect'>): MenuAction => ({
      ...rest,
      disabledReason: refusals[deed],
      onSelect: () => start(deed, source),
    });
    const backUp = entry('back_up', { label: 'Back up', icon: <HardDriveUpload /> });
    const check = entry('check', { label: 'Check connection', icon: <PlugZap /> });
    if (!isRegisteredByHand(source)) return isHostFiles(source.kind) ? [backUp, check] : [backUp];
    return [
      backUp,
      check,
      entry('edit', { label: 'Edit', icon: <Pencil /> }),
      entry('remove', { label: 'Remove', icon: <Trash2 />, isDanger: true, startsGroup: true }),
    ];
  };
  const close = () => setOpen(null);
  const panels = open && <Panels {...open} region={region} onClose={close} onRemoved={onRemoved} />;
  return { start, refuse, refusalsOf, menuOf, panels, isChecking: check.isPending };
}

interface PanelsProps {
  deed: SourceDeed;
  source: DataSource;
  region: string;
  onClose: () => void;
  onRemoved?: () => void;
}

function Panels({ deed, source, region, onClose, onRemoved }: PanelsProps) {
  if (deed === 'edit') return <SourcePanel region={region} source={source} onClose={onClose} />;
  if (deed === 'remove')
    return <RemoveSourceDialog source={source} onClose={onClose} onRemoved={onRemoved} />;
  if (isRegistered(source)) return <BackUpSourcePanel region={region} source={source} onClose={onClose} />;
  return (
    <BackUpPanel
      region={region}
      clientId={source.client.id}
      vaultId={source.newestPoint?.vault.id}
      onClose={onClose}
    />
  );
}

function streamRefusal({ kind, name, client }: DataSource): string {
  const command =
    kind === 'database_dump' ? `crossvault dump --name ${name}` : `crossvault image --name ${name}`;
  return `A stream is given by a command on its host: run ${command} on ${client.name}.`;
}

function selfStarted({ kind }: DataSource): string | null {
  return kind === 'hana' ? 'SAP HANA starts its backups itself: schedule them in its cockpit.' : null;
}
