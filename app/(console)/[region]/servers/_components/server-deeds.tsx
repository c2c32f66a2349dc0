'use client';

import { useQuery } from '@tanstack/react-query';
import { HardDriveUpload, History, Play, Power, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  deleteServerAction,
  restoreServerAction,
  startServerAction,
  stopServerAction,
} from '@/app/(console)/_components/disks/actions';
import { BackUpPanel } from '@/app/(console)/_components/disks/back-up-panel';
import { RestoreIntoPanel } from '@/app/(console)/_components/disks/restore-into-panel';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { Checkbox } from '@/components/ui/checkbox';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { useFlash } from '@/components/ui/flash';
import { formatBytes, plural } from '@/components/ui/format';
import type { MenuAction } from '@/components/ui/menu';
import { machineHostQuery } from '@/lib/servers/query';
import { deleteRefusal, restRefusal, startRefusal, stopRefusal } from '@/lib/servers/rules';
import type { Server } from '@/lib/servers/schemas';
import { sizeOf } from './server-columns';

type Deed = 'backup' | 'stop' | 'restore' | 'delete';
export interface OpenDeed {
  deed: Deed;
  server: Server;
}

const withoutQemu = 'QEMU is not installed on the machine of the engine: servers cannot run.';

/** What can be done with a server, and why something cannot. */
export function useServerActions(open: (next: OpenDeed) => void): (server: Server) => MenuAction[] {
  const refuse = useRefusals();
  const { show } = useFlash();
  const host = useQuery(machineHostQuery()).data;
  const start = useAction(startServerAction);
  const end = useAction(stopServerAction);
  const told = (title: string) => (error: { message: string }) =>
    show({ kind: 'danger', title, detail: error.message });
  return (server) => {
    const manage = refuse('servers.manage');
    const isRunning = server.state === 'running' || server.state === 'stopping';
    const entry = (
      deed: Deed,
      part: Pick<MenuAction, 'label' | 'icon' | 'isDanger' | 'startsGroup' | 'disabledReason'>,
    ): MenuAction => ({ ...part, onSelect: () => open({ deed, server }) });
    const cannotStart = host?.isInstalled === false ? withoutQemu : startRefusal(server, server.disks.length);
    return [
      entry('backup', {
        label: 'Back up server',
        icon: <HardDriveUpload />,
        disabledReason:
          refuse('backup.run') ??
          (server.disks.length === 0 ? 'The server has no disks.' : creatingRefusal(server)),
      }),
      isRunning
        ? entry('stop', {
            label: 'Stop server',
            icon: <Square />,
            disabledReason: manage ?? stopRefusal(server, false),
          })
        : {
            label: 'Start server',
            icon: <Play />,
            disabledReason: manage ?? cannotStart,
            onSelect: () => start.send({ id: server.id }, told(`${server.name} was not started.`)),
          },
      ...(isRunning
        ? [
            {
              label: 'End machine at once',
              icon: <Power />,
              isDanger: true,
              disabledReason: manage,
              onSelect: () =>
                end.send(
                  { id: server.id, isForced: true },
                  told(`The machine of ${server.name} was not ended.`),
                ),
            },
          ]
        : []),
      entry('restore', {
        label: 'Restore a backup into it',
        icon: <History />,
        startsGroup: true,
        disabledReason: refuse('restore.run') ?? restRefusal(server),
      }),
      entry('delete', {
        label: 'Delete server',
        icon: <Trash2 />,
        isDanger: true,
        startsGroup: true,
        disabledReason: refuse('servers.delete') ?? deleteRefusal(server),
      }),
    ];
  };
}

function creatingRefusal({ state }: Server): string | null {
  return state === 'running' || state === 'stopped' ? null : 'Wait until the server runs or is stopped.';
}

interface DeedsProps {
  open: OpenDeed | null;
  onClose: () => void;
  onDeleted?: () => void;
}

export function ServerDeeds({ open, onClose, onDeleted }: DeedsProps) {
  if (!open) return null;
  const { deed, server } = open;
  if (deed === 'backup' && server.sourceId) {
    const allocatedBytes = server.disks.reduce((sum, disk) => sum + disk.allocatedBytes, 0);
    const of = { kind: 'server' as const, ...server, sourceId: server.sourceId, allocatedBytes };
    return <BackUpPanel of={of} isFirst={server.newestBackupAt === null} onClose={onClose} />;
  }
  if (deed === 'stop') return <StopDialog server={server} onClose={onClose} />;
  if (deed === 'restore') return <RestorePanel server={server} onClose={onClose} />;
  return <DeleteDialog server={server} onClose={onClose} onDeleted={onDeleted} />;
}

function StopDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const stop = useAction(stopServerAction, onClose);
  return (
    <ConfirmDialog
      isOpen
      isDanger={false}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Stop server"
      subject={server.name}
      description="Its guest is asked to shut down and has a minute; then the machine is ended."
      confirmLabel="Stop server"
      isPending={stop.isPending}
      error={stop.error?.message}
      onConfirm={() => stop.send({ id: server.id })}
    />
  );
}

function RestorePanel({ server, onClose }: { server: Server; onClose: () => void }) {
  const restore = useAction(restoreServerAction, onClose);
  return (
    <RestoreIntoPanel
      what="server"
      name={server.name}
      region={server.region}
      kind="server"
      description={`${server.name}: each disk of the backup takes the place of the disk at its place.`}
      replaced={`${plural(server.disks.length, 'disk')}, ${formatBytes(sizeOf(server))}`}
      isPending={restore.isPending}
      error={restore.error?.message}
      onRestore={(pointId) => restore.send({ id: server.id, pointId, confirm: server.name })}
      onClose={onClose}
    />
  );
}

function DeleteDialog({
  server,
  onClose,
  onDeleted,
}: {
  server: Server;
  onClose: () => void;
  onDeleted?: () => void;
}) {
  const [isWithDisks, setIsWithDisks] = useState(false);
  const remove = useAction(deleteServerAction, () => {
    onClose();
    onDeleted?.();
  });
  const disks = plural(server.disks.length, 'disk');
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete server"
      subject={server.name}
      consequences={[
        {
          label: 'Disks',
          value: isWithDisks
            ? `${disks}, ${formatBytes(sizeOf(server))}, for ever`
            : `${disks} stay, attached to nothing`,
        },
        { label: 'Backups and images', value: 'Stay' },
      ]}
      typedName={server.name}
      confirmLabel="Delete server"
      isPending={remove.isPending}
      error={remove.error?.message}
      onConfirm={() => remove.send({ id: server.id, isWithDisks, confirm: server.name })}
    >
      <Checkbox
        label="Delete its disks too"
        checked={isWithDisks}
        onCheckedChange={(checked) => setIsWithDisks(checked === true)}
      />
    </ConfirmDialog>
  );
}
