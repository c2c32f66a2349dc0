'use client';

import { useQuery } from '@tanstack/react-query';
import { Download, Expand, HardDriveUpload, History, Link2, Trash2, Unlink } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import {
  attachDiskAction,
  deleteDiskAction,
  detachDiskAction,
  resizeDiskAction,
  restoreDiskAction,
} from '@/app/(console)/_components/disks/actions';
import { BackUpPanel } from '@/app/(console)/_components/disks/back-up-panel';
import { RestoreIntoPanel } from '@/app/(console)/_components/disks/restore-into-panel';
import { FormError } from '@/app/(console)/_components/form-error';
import { refusalMessage } from '@/app/(console)/_components/refusal-message';
import { useAction } from '@/app/(console)/_components/use-action';
import { useRefusals } from '@/app/(console)/_components/use-refusal';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { formatBytes } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import type { MenuAction } from '@/components/ui/menu';
import { Select } from '@/components/ui/select';
import { PanelBody, PanelFooter, SidePanel } from '@/components/ui/side-panel';
import { checkDeleteDisk, requireResting } from '@/lib/disks/rules';
import { type Disk, gib } from '@/lib/disks/schemas';
import { serversQuery } from '@/lib/servers/query';

export type DiskDeed = 'backup' | 'resize' | 'attach' | 'detach' | 'restore' | 'delete';
export interface OpenDeed {
  deed: DiskDeed;
  disk: Disk;
}

const factsOf = (disk: Disk) => ({
  ...disk,
  isAttached: disk.server !== null,
  serverState: disk.server?.state ?? null,
});

/** What can be done with a disk, and why something cannot. */
export function useDiskActions(open: (next: OpenDeed) => void): (disk: Disk) => MenuAction[] {
  const refuse = useRefusals();
  return (disk) => {
    const manage = refuse('servers.manage');
    const resting = (purpose: string) => refusalMessage(() => requireResting(factsOf(disk), purpose));
    const entry = (
      deed: DiskDeed,
      part: Pick<MenuAction, 'label' | 'icon' | 'isDanger' | 'startsGroup' | 'disabledReason'>,
    ): MenuAction => ({ ...part, onSelect: () => open({ deed, disk }) });
    const notReady = disk.state === 'available' ? null : 'The disk is not ready.';
    return [
      entry('backup', {
        label: 'Back up disk',
        icon: <HardDriveUpload />,
        disabledReason: refuse('backup.run') ?? notReady,
      }),
      {
        label: 'Download as raw',
        icon: <Download />,
        onSelect: () => window.location.assign(`/api/disks/${disk.id}/content?format=raw`),
        disabledReason: manage ?? resting('downloaded'),
      },
      {
        label: 'Download as qcow2',
        icon: <Download />,
        onSelect: () => window.location.assign(`/api/disks/${disk.id}/content?format=qcow2`),
        disabledReason: manage ?? resting('downloaded'),
      },
      entry('resize', {
        label: 'Resize disk',
        icon: <Expand />,
        startsGroup: true,
        disabledReason: manage ?? resting('resized'),
      }),
      disk.server
        ? entry('detach', {
            label: 'Detach disk',
            icon: <Unlink />,
            disabledReason: manage ?? resting('detached'),
          })
        : entry('attach', {
            label: 'Attach to a server',
            icon: <Link2 />,
            disabledReason: manage ?? resting('attached'),
          }),
      entry('restore', {
        label: 'Restore a backup into it',
        icon: <History />,
        disabledReason: refuse('restore.run') ?? resting('restored'),
      }),
      entry('delete', {
        label: 'Delete disk',
        icon: <Trash2 />,
        isDanger: true,
        startsGroup: true,
        disabledReason:
          refuse('servers.delete') ?? refusalMessage(() => checkDeleteDisk(factsOf(disk), disk.name)),
      }),
    ];
  };
}

/** The panel or dialog of what was chosen. */
export function DiskDeeds({
  open,
  onClose,
  onDeleted,
}: {
  open: OpenDeed | null;
  onClose: () => void;
  onDeleted?: () => void;
}) {
  if (!open) return null;
  const { deed, disk } = open;
  if (deed === 'backup' && disk.sourceId) {
    const of = { kind: 'disk' as const, ...disk, sourceId: disk.sourceId };
    return <BackUpPanel of={of} isFirst={disk.newestBackupAt === null} onClose={onClose} />;
  }
  if (deed === 'resize') return <ResizePanel disk={disk} onClose={onClose} />;
  if (deed === 'attach') return <AttachPanel disk={disk} onClose={onClose} />;
  if (deed === 'detach') return <DetachDialog disk={disk} onClose={onClose} />;
  if (deed === 'restore') return <RestorePanel disk={disk} onClose={onClose} />;
  return <DeleteDialog disk={disk} onClose={onClose} onDeleted={onDeleted} />;
}

interface DeedProps {
  disk: Disk;
  onClose: () => void;
}

function ResizePanel({ disk, onClose }: DeedProps) {
  const [size, setSize] = useState(String(Math.ceil(disk.sizeBytes / gib) + 1));
  const resize = useAction(resizeDiskAction, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    resize.send({ id: disk.id, sizeBytes: Math.round(Number(size) * 1024) * 2 ** 20 });
  };
  return (
    <SidePanel
      isOpen
      size="sm"
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Resize disk"
      description={`${disk.name} has ${formatBytes(disk.sizeBytes)}. A disk only grows; its guest then enlarges the file system.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="New size in GiB" error={resize.fields.sizeBytes} isRequired>
            <Input inputMode="decimal" value={size} onChange={(event) => setSize(event.target.value)} />
          </Field>
          <FormError error={resize.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={resize.isPending}>
            Resize disk
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function AttachPanel({ disk, onClose }: DeedProps) {
  const servers = useQuery(serversQuery({ region: disk.region, limit: 200 }));
  const [serverId, setServerId] = useState('');
  const attach = useAction(attachDiskAction, onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attach.send({ id: disk.id, serverId });
  };
  return (
    <SidePanel
      isOpen
      size="sm"
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Attach disk"
      description={`${disk.name} becomes the last disk of a server that is stopped.`}
    >
      <form className="contents" noValidate onSubmit={submit}>
        <PanelBody>
          <Field label="Server" error={attach.fields.serverId} isRequired>
            <Select
              value={serverId}
              onValueChange={setServerId}
              options={(servers.data?.items ?? []).map((server) => ({
                value: server.id,
                label: server.name,
                disabledReason: server.state === 'stopped' ? null : 'Stop it first.',
              }))}
            />
          </Field>
          <FormError error={attach.error} />
        </PanelBody>
        <PanelFooter>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isLoading={attach.isPending}>
            Attach disk
          </Button>
        </PanelFooter>
      </form>
    </SidePanel>
  );
}

function DetachDialog({ disk, onClose }: DeedProps) {
  const detach = useAction(detachDiskAction, onClose);
  return (
    <ConfirmDialog
      isOpen
      isDanger={false}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Detach disk"
      subject={disk.name}
      description={`The server ${disk.server?.name ?? ''} starts without it from then on. Its bytes stay.`}
      confirmLabel="Detach disk"
      isPending={detach.isPending}
      error={detach.error?.message}
      onConfirm={() => detach.send({ id: disk.id })}
    />
  );
}

function RestorePanel({ disk, onClose }: DeedProps) {
  const restore = useAction(restoreDiskAction, onClose);
  return (
    <RestoreIntoPanel
      what="disk"
      name={disk.name}
      region={disk.region}
      description={`${disk.name}: a backup of a disk of the same size takes the place of its bytes.`}
      replaced={`All ${formatBytes(disk.sizeBytes)} of the disk`}
      isPending={restore.isPending}
      error={restore.error?.message}
      onRestore={(pointId) => restore.send({ id: disk.id, pointId, confirm: disk.name })}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ disk, onClose, onDeleted }: DeedProps & { onDeleted?: () => void }) {
  const remove = useAction(deleteDiskAction, () => {
    onClose();
    onDeleted?.();
  });
  return (
    <ConfirmDialog
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Delete disk"
      subject={disk.name}
      consequences={[
        { label: 'Bytes', value: `${formatBytes(disk.allocatedBytes)} in the pool, for ever` },
        { label: 'Backups', value: 'Stay in their vaults, and can be made into a new disk' },
      ]}
      typedName={disk.name}
      confirmLabel="Delete disk"
      isPending={remove.isPending}
      error={remove.error?.message}
      onConfirm={() => remove.send({ id: disk.id, confirm: disk.name })}
    />
  );
}
